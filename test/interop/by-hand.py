"""A second, independent server that breaks one rule at a time: what the lab says of a client is looked at by hand with it.

python3 by-hand.py CASE FOLDER -- COMMAND with {port}, {cacert} and {local}, as in
python3 by-hand.py truncated /tmp/x -- curl -sS --ssl-reqd --cacert {cacert} -u lab:lab -o {local} ftp://127.0.0.1:{port}/file.bin

It shares nothing with the lab: Python's sockets and OpenSSL, and certificates made by the openssl command.
"""

import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

case, folder = sys.argv[1:3]
command = sys.argv[sys.argv.index("--") + 1 :]
os.makedirs(folder, exist_ok=True)
content = bytes(range(256)) * 16384  # 4 MiB
began = time.monotonic()


listings = {
    "list-eplf": "+i8388621.48594,m825718503,r,s1234,\tfile.bin",
    "list-os400": "LAB             1234 01/01/26 12:34:56 *STMF      file.bin",
    "list-month": "-rw-r--r--   1 ftp      ftp          1234 1. Mär 12:34 file.bin",
}


def say(text):
    print(f"{time.monotonic() - began:6.2f} {text}", flush=True)


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)


def certificate(name):
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    with open(os.path.join(folder, "ext"), "w") as ext:
        ext.write("subjectAltName=IP:127.0.0.1")
    if name == "second" and case == "untrusted-certificate":
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "own.key", "-out", "own.pem", "-subj", "/CN=own")
        authority = "own"
    else:
        authority = "ca"
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", "2",
            "-extfile", "ext", "-out", f"{name}.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, f"{name}.pem"), os.path.join(folder, f"{name}.key"))
    if case.endswith("-12"):
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=by hand")
first, second = certificate("first"), certificate("second")


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.close(connection.detach())


def close_notify(connection):
    """Sends it; whether the other side answers is not looked at."""
    connection.settimeout(0.3)
    try:
        connection.unwrap()
    except OSError:
        pass


class Session:
    def __init__(self, control):
        self.control, self.protected, self.listener, self.active = control, False, None, None
        self.unread = b""
        self.offset = 0

    def reply(self, text):
        self.send((text + "\r\n").encode())

    def send(self, data):
        if case == "split-replies":
            for byte in data:
                self.control.sendall(bytes([byte]))
                time.sleep(0.01)
        else:
            self.control.sendall(data)

    def line(self):
        while b"\n" not in self.unread:
            more = self.control.recv(4096)
            if not more:
                return None
            self.unread += more
        line, self.unread = self.unread.split(b"\n", 1)
        return line.decode("latin1").rstrip("\r")

    def open(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        return self.listener.getsockname()[1]

    def raw_data(self):
        if self.active is None and self.listener is None:
            raise OSError("no port was opened")
        if self.active is not None:
            source = "127.0.0.2" if case == "stranger" else "127.0.0.1"
            return socket.create_connection(("127.0.0.1", self.active), source_address=(source, 0))
        self.listener.settimeout(10)
        return self.listener.accept()[0]

    def data(self):
        connection = self.raw_data()
        if not self.protected:
            return connection
        context = second if case in ("other-certificate", "untrusted-certificate") else first
        return context.wrap_socket(connection, server_side=True)

    def run(self):
        if case == "120":
            self.reply("120 Ready in a minute")
            time.sleep(0.3)
        self.reply("220-Welcome\r\n331 Password, please\r\n2200 files\r\n220 Ready" if case == "inner-lines" else "220 Ready")
        while (line := self.line()) is not None:
            say("> " + ("PASS ***" if line.startswith("PASS") else line))
            verb, _, argument = line.partition(" ")
            answer = getattr(self, verb.lower(), None)
            if answer is None:
                self.reply("502 No")
            else:
                answer(argument)
        say("the client has left the control line")

    def auth(self, _):
        if case == "auth-230":
            return self.reply("230 You are in already")
        self.send(b"234 Go on\r\n331 Injected\r\n230 Injected\r\n" if case == "injection" else b"234 Go on\r\n")
        self.control = first.wrap_socket(self.control, server_side=True)

    def user(self, _):
        if case == "injection":
            time.sleep(1)
        self.reply("331 Password")

    def pass_(self, _):
        if case == "endless-line":
            return self.endless(b"230 and on", b" and on" * 9362)
        if case == "endless-lines":
            return self.endless(b"230-Hello\r\n", b"230-and on\r\n" * 5000)
        self.reply("230 In")

    def endless(self, start, more):
        self.control.sendall(start)
        sent = 0
        try:
            while sent < 256 * 1024 * 1024:
                self.control.sendall(more)
                sent += len(more)
        finally:
            say(f"{sent} bytes of one reply were taken")

    def pbsz(self, _):
        self.reply("200 PBSZ=0")

    def prot(self, level):
        if case.startswith("prot-"):
            return self.reply(case[5:8] + " No")
        self.protected = level == "P"
        self.reply("200 Fine")

    def type(self, _):
        self.reply("200 Fine")

    def pwd(self, _):
        self.reply('257 "/" is here')

    def cwd(self, _):
        self.reply("250 Fine")

    def feat(self, _):
        self.reply("211-Features:\r\n AUTH TLS\r\n EPSV\r\n PBSZ\r\n PROT\r\n SIZE\r\n211 End")

    def syst(self, _):
        self.reply("215 UNIX Type: L8")

    def size(self, _):
        if case == "size-550":
            self.reply("550 Not now")
        elif case.endswith("-size") or case == "resume-over-other":
            self.reply(f"213 {len(content)}")
        else:
            self.reply("502 No")

    def rest(self, argument):
        if case != "resume-over-other":
            return self.reply("502 No")
        self.offset = int(argument)
        self.reply("350 Go on")

    def quit(self, _):
        self.reply("221 Bye")

    def eprt(self, argument):
        self.active = int(argument.split("|")[3])
        self.reply("200 Fine")

    def port(self, argument):
        *_, high, low = argument.split(",")
        self.active = int(high) * 256 + int(low)
        self.reply("200 Fine")

    def epsv(self, _):
        if case.startswith("227-") or case == "epsv-425":
            return self.reply("425 No port" if case == "epsv-425" else "500 No EPSV")
        port = self.open()
        if case == "port-beyond":
            say(f"the port is {port}, and {port + 65536} is said")
            port += 65536
        elif case == "port-negative":
            say(f"the port is {port}, and {port - 65536} is said")
            port -= 65536
        elif case == "port-closed":
            self.listener.close()
        elif case == "port-silent":
            self.fill(port)
        mark = "!" if case == "delimiter" else "|"
        self.reply(f"229 Passive ({mark * 3}{port}{mark})")

    def fill(self, port):
        """With its queue full, the kernel drops every further SYN."""
        self.listener.listen(0)
        self.fillers = [socket.socket() for _ in range(4)]
        for filler in self.fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        time.sleep(0.3)

    def pasv(self, _):
        if case == "delimiter":
            return self.reply("502 No")
        port = self.open()
        high, low, host = port >> 8, port & 255, "127,0,0,1"
        if case == "227-above":
            high += 256
        elif case == "227-negative":
            low -= 256
        elif case == "227-foreign":
            host = "127,0,0,2"
        say(f"listening at 127.0.0.1:{port}, saying {host},{high},{low}")
        self.reply(f"227 Passive ({host},{high},{low})")

    def list(self, _):
        self.reply("150 Here")
        data = self.data()
        data.sendall(listings.get(case, "-rw-r--r-- 1 ftp ftp 100 Jan 01 2026 file.bin").encode() + b"\r\n")
        if case.startswith("truncated"):
            socket.socket.shutdown(data, socket.SHUT_RDWR)
        else:
            close_notify(data)
        data.close()
        self.reply("226 Done")

    def retr(self, _):
        self.reply("159 Now" if case == "code-159" else "150 Here")
        if case.startswith("prot-"):
            connection = self.raw_data()
            connection.settimeout(0.7)
            try:
                beginning = connection.recv(1)
            except socket.timeout:
                beginning = b""
            say(f"the client begins with {beginning!r}; 0x16 would be TLS")
            connection.sendall(b"in clear")
            connection.close()
            return self.reply("226 Done")
        if case in ("active-clear", "stranger"):
            connection = self.raw_data()
            connection.settimeout(0.7)
            try:
                beginning = connection.recv(1)
            except socket.timeout:
                beginning = b""
            say(f"the client begins with {beginning!r}; 0x16 would be TLS")
            if case == "active-clear":
                connection.sendall(b"in clear")
            connection.close()
            return self.reply("226 Done")
        try:
            data = self.data()
        except (ssl.SSLError, OSError) as error:
            say(f"no data line: {error}")
            return self.reply("425 No data line")
        if case.startswith("control-"):
            return self.lose_control(data)
        quarter = case.startswith(("truncated", "short", "reset"))
        data.sendall(content[: len(content) // 4] if quarter else content[self.offset :])
        if case.startswith(("truncated", "unclean")):
            say("FIN without close_notify")
            socket.socket.shutdown(data, socket.SHUT_RDWR)
        elif case.startswith("reset"):
            time.sleep(0.3)
            say("RST on the data line")
            reset(data)
        elif self.protected:
            close_notify(data)
        data.close()
        self.reply("226 Done")

    def lose_control(self, data):
        data.sendall(content[:131072])
        say("the control line is reset" if case == "control-rst" else "the control line ends")
        if case == "control-rst":
            reset(self.control)
        else:
            close_notify(self.control)
            socket.socket.shutdown(self.control, socket.SHUT_WR)
        try:
            for at in range(131072, len(content), 16384):
                data.sendall(content[at : at + 16384])
                time.sleep(0.02)
            say("all went out over the data line")
        except OSError as error:
            say(f"the client has left the data line: {error}")
        data.close()
        raise SystemExit

    def lose_control_of_upload(self, data):
        taken = 0
        while taken < 131072:
            taken += len(data.recv(16384))
        say("the control line is reset")
        reset(self.control)
        try:
            while chunk := data.recv(16384):
                taken += len(chunk)
                time.sleep(0.02)
        except OSError as error:
            say(str(error))
        say(f"{taken} bytes came over the data line until its end")
        data.close()
        raise SystemExit

    def stor(self, _):
        self.reply("150 Send it")
        if case.startswith("prot-"):
            connection = self.raw_data()
            say(f"the client begins with {connection.recv(16)!r}; 0x16 would be TLS")
            connection.close()
            return self.reply("226 Done")
        data = self.data()
        if case == "control-rst-upload":
            return self.lose_control_of_upload(data)
        if case.startswith("late-reader"):
            time.sleep(1.2)
            # Whatever comes of the server this late: a session ticket would be a byte of TLS as well.
            data.sendall(b"!")
            time.sleep(0.3)
        taken, how = 0, "close_notify or FIN"
        try:
            while chunk := data.recv(65536):
                taken += len(chunk)
        except OSError as error:
            how = str(error)
        say(f"{taken} bytes arrived, then {how}")
        data.close()
        self.reply("226 Done" if how.startswith("close") else "426 Bytes are missing")


setattr(Session, "pass", Session.pass_)


def serve(listener):
    while True:
        control, _ = listener.accept()
        threading.Thread(target=lambda: guarded(Session(control)), daemon=True).start()


def guarded(session):
    try:
        session.run()
    except OSError as error:
        say(f"the session ended: {error}")
    except SystemExit:
        say("the server leaves")


listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, args=(listener,), daemon=True).start()
places = {
    "{port}": str(listener.getsockname()[1]),
    "{cacert}": os.path.join(folder, "ca.pem"),
    "{local}": os.path.join(folder, "local.bin"),
}
if os.path.exists(places["{local}"]):
    os.remove(places["{local}"])
if case == "resume-over-other":
    with open(places["{local}"], "wb") as file:
        file.write(b"x" * 1048576)
if case.endswith("-upload"):
    with open(places["{local}"], "wb") as file:
        file.write(b"" if case == "empty-upload" else content[:1048576] if case == "late-reader-upload" else content)
for place, value in places.items():
    command = [word.replace(place, value) for word in command]
try:
    code = subprocess.run(command, timeout=30).returncode
except subprocess.TimeoutExpired:
    code = "none, still running after 30 s"
size = os.path.getsize(places["{local}"]) if os.path.exists(places["{local}"]) else "absent"
say(f"exit code {code}; local file: {size} of {len(content)} bytes")
if case == "resume-over-other":
    with open(places["{local}"], "rb") as file:
        say("the local file is " + ("the one of the server" if file.read() == content else "a mixture"))
