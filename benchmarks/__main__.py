"""`python -m benchmarks`: see README.md beside this file."""

import argparse
import dataclasses
import resource
import sys

import uvloop

from benchmarks.chappe import Chappe
from benchmarks.peer import ROOT, Peer
from benchmarks.report import RESULTS, Results
from benchmarks.run import describe_machine, run
from benchmarks.scale import FULL, QUICK
from benchmarks.synapse import Synapse


def main() -> None:
    """Read the arguments, run, print the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Chappe measured beside Synapse, in turns.")
    parser.add_argument(
        "scenarios", nargs="*", help="only those whose name begins like this, as `send` or `delivery.49`"
    )
    parser.add_argument("--quick", action="store_true", help="small and once: about two minutes, for orientation")
    parser.add_argument("--rounds", type=int, help="turns of each peer")
    parser.add_argument("--only", choices=["synapse", "chappe"], help="one peer alone: no ratios")
    parser.add_argument("--profile", action="store_true", help="profile the servers meanwhile, into benchmarks/results")
    arguments = parser.parse_args()

    peers: list[Peer] = [kind() for kind in (Synapse, Chappe) if arguments.only in (None, kind.name)]
    if any(isinstance(peer, Chappe) for peer in peers) and not Chappe.installed():
        sys.exit("There is no .venv/bin/chappe: run `make install` first, or measure the peer with --only synapse.")
    scale = QUICK if arguments.quick else FULL
    if arguments.rounds:
        scale = dataclasses.replace(scale, rounds=arguments.rounds)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a thousand polls, on both sides

    results = Results(scale, describe_machine())
    try:
        uvloop.run(run(results, peers, arguments.scenarios, RESULTS if arguments.profile else None))
    finally:
        print(f"\n{results.markdown()}\nEvery round: {results.keep().relative_to(ROOT)}")


if __name__ == "__main__":
    main()
