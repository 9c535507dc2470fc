# Aborts transfers with TCP urgent data, in every form that clients use: python3 urgent_aborts.py PORT USER PASSWORD
# Prints a line a form; any other outcome is an exception.
import ftplib
import socket
import sys

port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def whole_line_urgent(control):
    control.send(b"ABOR\r\n", socket.MSG_OOB)


def synch_with_urgent_mark(control):
    control.send(b"\xff\xf4\xff")
    control.send(b"\xf2", socket.MSG_OOB)
    control.send(b"ABOR\r\n")


def synch_with_urgent_iac(control):
    control.send(b"\xff\xf4")
    control.send(b"\xff", socket.MSG_OOB)
    control.send(b"\xf2ABOR\r\n")


def synch_urgent_in_one_piece(control):
    control.send(b"\xff\xf4\xff\xf2", socket.MSG_OOB)
    control.send(b"ABOR\r\n")


def plain(control):
    control.send(b"ABOR\r\n")


def expect(ftp, code):
    answer = ftp.getmultiline()
    if not answer.startswith(code):
        raise Exception(f"expected {code}, got {answer}")


with ftplib.FTP() as ftp:
    ftp.connect("127.0.0.1", port, timeout=10)
    ftp.login(user, password)
    ftp.voidcmd("TYPE I")
    for form in (
        whole_line_urgent,
        synch_with_urgent_mark,
        synch_with_urgent_iac,
        synch_urgent_in_one_piece,
        plain,
    ):
        for _ in range(5):
            data = ftp.transfercmd("RETR big")
            data.recv(1)
            form(ftp.sock)
            expect(ftp, "426")
            expect(ftp, "226")
            data.close()
            # Nothing runs any more: the abort came too late, which happens.
            form(ftp.sock)
            expect(ftp, "226")
            ftp.voidcmd("NOOP")
        print(form.__name__)
