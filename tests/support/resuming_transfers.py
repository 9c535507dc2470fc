# Transfers whose data connections do or do not resume the control connection's TLS session.
# python3 resuming_transfers.py PORT USER PASSWORD; prints a line a transfer: what, the reply's code.
import ftplib
import hashlib
import socket
import ssl
import struct
import sys

port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
CONTENT = bytes(range(256)) * 4096 * 5


class Client(ftplib.FTP_TLS):
    resumes = True

    def ntransfercmd(self, cmd, rest=None):
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        session = self.sock.session if self.resumes else None
        return self.context.wrap_socket(conn, server_hostname=self.host, session=session), size


def connected(version):
    context = ssl._create_unverified_context()
    context.minimum_version = context.maximum_version = version
    # Tickets of TLS 1.3 come with the replies: the session of a moment ago has one.
    ftp = Client(context=context)
    ftp.connect("127.0.0.1", port, timeout=10)
    ftp.login(user, password)
    ftp.prot_p()
    ftp.voidcmd("TYPE I")
    return ftp


def upload(ftp, name, end):
    data = ftp.transfercmd(f"STOR {name}")
    data.sendall(CONTENT)
    end(data)
    return ftp.getmultiline()[:3]


def goodbye(data):
    data = data.unwrap()
    data.close()


def fin(data):
    data.shutdown(socket.SHUT_WR)


def reset(data):
    data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    data.close()


for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    name = version.name
    with connected(version) as ftp:
        print(name, "upload", upload(ftp, name, goodbye))
        received = hashlib.sha256()
        print(name, "download", ftp.retrbinary(f"RETR {name}", received.update)[:3])
        print(name, "same", received.digest() == hashlib.sha256(CONTENT).digest())
        print(name, "fin", upload(ftp, "fin", fin))
        print(name, "reset", upload(ftp, "reset", reset))
    with connected(version) as ftp:
        ftp.resumes = False
        try:
            ftp.retrbinary(f"RETR {name}", lambda _: None)
            print(name, "without", "226")
        except (ftplib.Error, OSError):
            print(name, "without", ftp.getmultiline()[:3] if ftp.sock else "lost")
