"""Python's ftplib as a client for `twinline lab client`: one transfer with TLS required and the certificate verified."""

import argparse
import ftplib
import ssl

parser = argparse.ArgumentParser()
parser.add_argument("task", choices=["download", "upload", "list", "active"])
for name in ["host", "port", "user", "password", "remote", "local", "cacert", "timeout"]:
    parser.add_argument(name)
options = parser.parse_args()

ftp = ftplib.FTP_TLS(context=ssl.create_default_context(cafile=options.cacert))
ftp.connect(options.host, int(options.port), timeout=float(options.timeout))
ftp.login(options.user, options.password)
ftp.prot_p()
if options.task == "active":
    ftp.set_pasv(False)
if options.task == "list":
    ftp.retrlines("LIST", print)
elif options.task == "upload":
    with open(options.local, "rb") as file:
        ftp.storbinary("STOR " + options.remote, file)
else:
    with open(options.local, "wb") as file:
        ftp.retrbinary("RETR " + options.remote, file.write)
try:
    ftp.quit()
except (ftplib.Error, OSError, EOFError):
    # The transfer is over and confirmed: a control line that is lost behind it is no failure of the transfer.
    ftp.close()
