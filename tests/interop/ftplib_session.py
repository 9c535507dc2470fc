# One session of Python's ftplib: PORT USER PASSWORD FILE; tells what it saw as JSON.

import ftplib
import hashlib
import json
import sys

port, user, password, path = sys.argv[1:]
NAME = "Größe 文.bin"
told = {}

ftp = ftplib.FTP_TLS(timeout=20, encoding="utf-8")
ftp.connect("127.0.0.1", int(port))
ftp.login(user, password)
ftp.prot_p()


def download():
    digest = hashlib.sha256()
    ftp.retrbinary("RETR " + NAME, digest.update)
    return digest.hexdigest()


with open(path, "rb") as file:
    ftp.storbinary("STOR " + NAME, file)
told["size"] = ftp.size(NAME)
told["names"] = ftp.nlst()
facts = dict(ftp.mlsd("", ["type", "size"]))[NAME]
told["facts"] = {name: facts[name] for name in ("type", "size")}
told["digest"] = download()

# ftplib sends ABOR as urgent data, in one piece, and takes whatever says that it is over.
connection = ftp.transfercmd("RETR " + NAME)
connection.recv(1000)
told["aborted"] = ftp.abort()
connection.close()
if told["aborted"].startswith("426"):
    told["afterAbort"] = ftp.getresp()
told["directoryAfterAbort"] = ftp.pwd()
told["digestAfterAbort"] = download()
told["goodbye"] = ftp.quit()
print(json.dumps(told))
