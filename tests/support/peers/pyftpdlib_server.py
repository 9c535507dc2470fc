# Serves one directory with pyftpdlib's defaults: PORT ROOT [CERTIFICATE KEY].

import logging
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

port, root, *tls = sys.argv[1:]

authorizer = DummyAuthorizer()
authorizer.add_user("user", "12345", root, perm="elradfmwMT")

handler = TLS_FTPHandler if tls else FTPHandler
handler.authorizer = authorizer
if tls:
    handler.certfile, handler.keyfile = tls
    # Without a session id context OpenSSL refuses clients that carry on the control connection's
    # session on the data connection, as curl does.
    handler.ssl_context = handler.get_ssl_context()
    handler.ssl_context.set_session_id(b"ftp")

logging.basicConfig(level=logging.CRITICAL)
server = FTPServer(("127.0.0.1", int(port)), handler)
server.max_cons = 0
server.max_cons_per_ip = 0
server.serve_forever(handle_exit=False)
