"""Does steps with Python's ftplib in one session. Arguments: mode, data, port, reuse, CA file. Steps come on standard input."""

import ftplib
import os
import ssl
import sys


class ImplicitFTP_TLS(ftplib.FTP_TLS):
    """ftplib has no implicit mode; this is the usual way to give it one: TLS around the socket as soon as there is one."""

    _wrapped = None

    @property
    def sock(self):
        return self._wrapped

    @sock.setter
    def sock(self, value):
        if value is not None and not isinstance(value, ssl.SSLSocket):
            value = self.context.wrap_socket(value, server_hostname=self.host)
        self._wrapped = value


def tls_context(mode, ca_file):
    context = ssl.create_default_context(cafile=ca_file)
    if mode == "TLS 1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if mode == "TLS 1.3":
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def connect(mode, data, port, ca_file):
    if mode == "plain":
        ftp = ftplib.FTP()
    else:
        ftp = (ImplicitFTP_TLS if mode == "implicit" else ftplib.FTP_TLS)(context=tls_context(mode, ca_file))
    ftp.connect("127.0.0.1", int(port), timeout=30)
    if mode == "implicit":
        ftplib.FTP.login(ftp, "user", "pass")
    else:
        ftp.login("user", "pass")
    if mode != "plain":
        ftp.prot_p()
    ftp.set_pasv(data == "passive")
    return ftp


def put(ftp, local, remote, start):
    with open(local, "rb") as file:
        file.seek(int(start or 0))
        ftp.storbinary("STOR " + remote, file, rest=start or None)


def get(ftp, remote, local, start):
    with open(local, "r+b" if start else "wb") as file:
        file.seek(int(start or 0))
        ftp.retrbinary("RETR " + remote, file.write, rest=start or None)


def list_names(ftp):
    for name in ftp.nlst():
        print(name)


def main():
    mode, data, port, _, ca_file = sys.argv[1:]
    actions = {"put": put, "get": get, "rename": ftplib.FTP.rename, "list": list_names}
    ftp = connect(mode, data, port, ca_file)
    for line in os.fdopen(0, encoding="utf-8", newline="\n"):
        verb, *words = line.rstrip("\n").split("\t")
        actions[verb](ftp, *words)
    ftp.quit()


main()
