# Uploads over TLS that end in a FIN without close_notify: python3 cut_uploads.py PORT USER PASSWORD
# Prints, a line an upload, the announced size, the reply's code and what SIZE says afterwards.
import ftplib
import socket
import ssl
import sys

port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
context = ssl._create_unverified_context()

with ftplib.FTP_TLS(context=context) as ftp:
    ftp.connect("127.0.0.1", port, timeout=10)
    ftp.login(user, password)
    ftp.prot_p()
    ftp.voidcmd("TYPE I")
    for announced in (None, 9, 10, 11):
        if announced is not None:
            ftp.voidcmd(f"ALLO {announced}")
        name = f"announced-{announced}"
        data = ftp.transfercmd(f"STOR {name}")
        data.sendall(b"0123456789")
        # SSLSocket.shutdown shuts TCP down and leaves TLS as it is.
        data.shutdown(socket.SHUT_WR)
        answer = ftp.getmultiline()
        data.close()
        print(announced, answer[:3], ftp.size(name))
