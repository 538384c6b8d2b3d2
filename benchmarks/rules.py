"""`python -m benchmarks.rules`: automatic rules. CPU time of one core, and how many evaluations that makes a second.

What is measured is what a message in an open room costs: its facts, and each rule that is asked about them.
"""

import argparse
import statistics
import sys
import time

from chappe.rules.expression import Expression, Seen
from chappe.rules.facts import NOTHING, Facts, said
from chappe.rules.gate import Counting

GOAL = 10_000
EXPRESSIONS = (
    "sender_age_s < 86400 && links > 0 && repeated_by > 2 && sender_power < 50",
    'domains.exists(d, d.endsWith("spam.example") || d == "other.example")',
    'body.matches("(?i)(free|cheap)\\\\s+(coins|tokens)") && sender_age_s < 604800',
    "messages_last_minute > 20 || rooms_last_minute > 5",
    '"spammers" in listed || mentions > 20',
)
CONTENT: dict[str, object] = {
    "msgtype": "m.text",
    "body": "Look at this, everybody: https://www.spam.example/offer has cheap tokens for you and your friends! " * 3,
    "m.mentions": {"user_ids": ["@a:example.org", "@b:example.org"]},
}


def main() -> None:
    """Measure, and print a line for each."""
    parser = argparse.ArgumentParser(prog="benchmarks.rules", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--messages", type=int, default=5_000)
    arguments = parser.parse_args()
    count, counting = arguments.messages, Counting()
    rules = [Expression(source) for source in EXPRESSIONS]

    began = time.process_time()
    seen = [_facts(counting, number) for number in range(count)]
    print(f"facts of a message: {(time.process_time() - began) / count * 1e6:.1f} µs of CPU")
    rates: list[float] = []
    for _ in range(5):
        began = time.process_time()
        for facts in seen:
            looked_at = Seen(facts)
            for rule in rules:
                rule.holds(looked_at)
        rates.append(count * len(rules) / (time.process_time() - began))
    rate = statistics.median(rates)
    print(f"{rate:,.0f} evaluations a second on one core, of {len(rules)} rules on each of {count} messages")
    print(f"The goal of {GOAL:,} a second is", "met." if rate >= GOAL else "not met.")
    sys.exit(rate < GOAL)


def _facts(counting: Counting, number: int) -> Facts:
    facts = {**NOTHING, **said(CONTENT), "sender_age_s": number, "sender": f"@p{number % 500}:example.org"}
    return facts | counting.message(str(facts["sender"]), "!room", f"{facts['body']} {number % 100}", number)


if __name__ == "__main__":
    main()
