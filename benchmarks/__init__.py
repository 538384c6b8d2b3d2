"""What Chappe costs, measured beside its peer Synapse in one run (`make bench`).

Everything is seen from outside: the Client-Server API on one side, the kernel's accounting of the server's
processes on the other. The same scenarios run on both, in turns, so that a noisy minute hurts both.

Words: a *peer* is an installed homeserver we can start; its *world* is that server running, with the accounts and
rooms made on it; a *scenario* is one kind of work; a *figure* is one number it gave; a *limit* is what this machine
could do at most; the *floor* of a figure is the sum of the limits its work cannot avoid.
"""
