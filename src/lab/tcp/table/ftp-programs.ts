/** Programs that speak FTP, by the names under which they run: what an inference may lean on. */

const servers =
  /^(?:vsftpd|proftpd|pure-ftpd|bftpd|wu-ftpd|in\.ftpd|ftpd|pyftpdlib.*|sftpgo|crushftp|filezilla-server|.*ftps?-?(?:srv|server).*)$/;
const clients = /^(?:curl|lftp|ftp|tnftp|ncftp\w*|wget|filezilla|gftp.*|rclone|basic-ftp.*|.*ftps?-?client.*)$/;

export function isFtpServer(program: string): boolean {
  return servers.test(program);
}

export function isFtpClient(program: string): boolean {
  return clients.test(program);
}

/** Ports of the control line that IANA has given: in clear or with AUTH TLS, and TLS from the first byte. */
export const controlPorts: ReadonlySet<number> = new Set([21, 990]);

/** From which servers open data lines in active mode (RFC 959 section 3.3). */
export const activeDataPort = 20;
