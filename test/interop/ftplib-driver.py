"""Drives Python's ftplib against a server, one scenario for each call, and prints what it saw as one JSON object."""

import ftplib
import io
import json
import hashlib
import socket
import ssl
import sys


class ReusingFTP_TLS(ftplib.FTP_TLS):
    """FTP_TLS whose data lines resume the session of the control line; the standard class never does."""

    def ntransfercmd(self, cmd, rest=None):
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            conn = self.context.wrap_socket(conn, server_hostname=self.host, session=self.sock.session)
        return conn, size


def connect(options):
    if options["tls"] == "none":
        ftp = ftplib.FTP()
        ftp.connect("127.0.0.1", options["port"], timeout=20)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        version = ssl.TLSVersion.TLSv1_2 if options["tls"] == "1.2" else ssl.TLSVersion.TLSv1_3
        context.maximum_version = version
        ftp = (ReusingFTP_TLS if options["reuse"] else ftplib.FTP_TLS)(context=context)
        ftp.connect("127.0.0.1", options["port"], timeout=20)
    ftp.login("user", "pass")
    if options["tls"] != "none":
        ftp.prot_p()
    return ftp


def files(ftp, options):
    payload = bytes(i * 7 % 251 for i in range(options["size"]))
    replies = []
    for i in range(options["count"]):
        replies.append(ftp.storbinary("STOR f%d" % i, io.BytesIO(payload)))
    names = sorted(ftp.nlst())
    got = io.BytesIO()
    replies.append(ftp.retrbinary("RETR f0", got.write))
    lines = []
    replies.append(ftp.storlines("STOR t.txt", io.BytesIO(b"one\ntwo\nthree\n")))
    replies.append(ftp.retrlines("RETR t.txt", lines.append))
    listing = []
    replies.append(ftp.retrlines("LIST", listing.append))
    facts = {name: values for name, values in ftp.mlsd("/", ["type", "size"])}
    # retrlines has left TYPE A behind, in which a size is not known.
    ftp.voidcmd("TYPE I")
    size = ftp.size("f0")
    rest = io.BytesIO()
    ftp.retrbinary("RETR f0", rest.write, rest=10)
    ftp.rename("f0", "g0")
    ftp.delete("g0")
    ftp.mkd("d")
    ftp.cwd("d")
    where = ftp.pwd()
    ftp.cwd("..")
    ftp.rmd("d")
    goodbye = ftp.quit()
    return {
        "replies": replies, "names": names, "same": got.getvalue() == payload, "lines": lines,
        "listing": len(listing), "facts": facts, "size": size, "rest": rest.getvalue() == payload[10:],
        "where": where, "goodbye": goodbye, "hash": hashlib.sha256(payload).hexdigest(),
    }


def abort(ftp, options):
    """abort() sends ABOR with its last byte as urgent data on a plain line; FTP_TLS sends it in line."""
    conn, _ = ftp.ntransfercmd("RETR big")
    first = conn.recv(4096)
    ftp.sock.settimeout(10)
    reply = ftp.abort()
    rest = None
    try:
        while conn.recv(65536):
            pass
        rest = "end"
    except (ConnectionResetError, ssl.SSLError, OSError) as error:
        rest = type(error).__name__
    conn.close()
    after = reply
    while not after.startswith("226"):
        after = ftp.getmultiline()
    return {"first": len(first), "reply": reply, "after": after, "data": rest, "noop": ftp.sendcmd("NOOP"), "quit": ftp.quit()}


def urgent(ftp, options):
    """The Synch of RFC 959: IAC IP, then DM as urgent data, then ABOR whose LF is urgent, too."""
    conn, _ = ftp.ntransfercmd("RETR big")
    conn.recv(4096)
    ftp.sock.sendall(b"\xff\xf4")
    ftp.sock.sendall(b"\xff\xf2", socket.MSG_OOB)
    ftp.sock.sendall(b"ABOR\r\n", socket.MSG_OOB)
    replies = [ftp.getmultiline(), ftp.getmultiline()]
    conn.close()
    return {"replies": replies, "noop": ftp.sendcmd("NOOP"), "quit": ftp.quit()}


def main():
    options = json.loads(sys.argv[2])
    ftp = connect(options)
    try:
        result = {"files": files, "abort": abort, "urgent": urgent}[sys.argv[1]](ftp, options)
    finally:
        ftp.close()
    print(json.dumps(result))


main()
