# Runs a program at a pseudo-terminal of its own: what comes in is typed there, what it shows goes out.
#
#   terminal_bridge.py COLUMNS ROWS PROGRAM [ARGUMENT...]
#
# The exit code is the program's. The end of the input hangs the terminal up. SIGUSR1 makes the terminal half as
# wide.

import fcntl
import os
import select
import signal
import struct
import sys
import termios
import pty

columns, rows = int(sys.argv[1]), int(sys.argv[2])
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])


def narrow(*_):
    # The kernel tells the program by SIGWINCH.
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns // 2, 0, 0))


# A signal that comes just before select would wait for the next key: a byte in a pipe ends the waiting.
woken, waker = os.pipe()
os.set_blocking(waker, False)
signal.set_wakeup_fd(waker)
signal.signal(signal.SIGUSR1, narrow)
while True:
    ready, _, _ = select.select([terminal, 0, woken], [], [])
    if woken in ready:
        os.read(woken, 64)
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:  # The program has ended: Linux says EIO then.
            break
        if not shown:
            break
        os.write(1, shown)
    if 0 in ready:
        typed = os.read(0, 65536)
        if not typed:
            os.close(terminal)
            break
        os.write(terminal, typed)

_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
