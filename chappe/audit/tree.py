"""The Merkle tree of RFC 6962, section 2.1, over SHA-256: hashes, roots, and both kinds of proof. Pure.

A *node* is a complete subtree: `ordinal` counts those of its `level` from the left, and it spans 2^level leaves. Nodes
never change once they are complete, so they are stored in the order in which they become so (`Node.stored_at`): adding
a leaf writes two on average, and every root and every proof is made of a few of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()

Span = tuple[int, int]
"""Leaves from the first number to before the second."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf. Another first byte than a node's: no entry can pass for a node."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node, from those of its halves."""
    return sha256(b"\x01" + left + right).digest()


class Node(NamedTuple):
    """A complete subtree."""

    level: int
    ordinal: int

    def stored_at(self) -> int:
        """How many nodes are complete before this one: its place in what is stored."""
        last_leaf = ((self.ordinal + 1) << self.level) - 1
        return 2 * last_leaf - last_leaf.bit_count() + self.level


class Frontier:
    """The complete subtrees of a tree that grows, from the left, the largest first: all that adding a leaf needs."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        assert len(hashes) == size.bit_count(), "one hash for each complete subtree"
        self.size = size
        self.hashes = list(hashes)

    def add(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Add the hash of a leaf. Returns the nodes that are complete now."""
        node, hashed = Node(0, self.size), leaf
        completed = [(node, hashed)]
        while node.ordinal & 1:
            node, hashed = Node(node.level + 1, node.ordinal >> 1), node_hash(self.hashes.pop(), hashed)
            completed.append((node, hashed))
        self.hashes.append(hashed)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root of the tree as it is."""
        return _joined(self.hashes)

    def copy(self) -> "Frontier":
        """The same tree, to grow otherwise."""
        return Frontier(self.size, self.hashes)


def nodes_of(span: Span) -> list[Node]:
    """The complete subtrees that make up a span which begins where a subtree of its size may begin."""
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append(Node(level, start >> level))
        start += 1 << level
    return found


def stored_for(spans: Iterable[Span]) -> list[int]:
    """Where the nodes of these spans are stored."""
    return [node.stored_at() for span in spans for node in nodes_of(span)]


def hash_of(span: Span, stored: Mapping[int, bytes]) -> bytes:
    """The hash of a span. Raises KeyError if one of its nodes is not among `stored`."""
    return _joined([stored[node.stored_at()] for node in nodes_of(span)])


def _joined(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, the largest first."""
    if not hashes:
        return EMPTY_ROOT
    joined = hashes[-1]
    for left in reversed(hashes[:-1]):
        joined = node_hash(left, joined)
    return joined


def _middle(start: int, end: int) -> int:
    """Where a tree is divided: behind the largest power of two that is smaller than it (RFC 6962, 2.1)."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose hashes prove that the leaf `index` is in the tree of `size` leaves (2.1.1), the nearest first."""
    assert 0 <= index < size, "the leaf is in the tree"
    found, start, end = [], 0, size
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_spans(first: int, size: int) -> list[Span]:
    """The spans whose hashes prove that the tree of `first` leaves begins that of `size` (2.1.2), the nearest first."""
    assert 0 <= first <= size, "a tree grows"
    if first in (0, size):
        return []
    found, start, end = [], 0, size
    while first != end:
        middle = _middle(start, end)
        if first <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    if start:  # else the verifier knows this root already
        found.append((start, end))
    return found[::-1]


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def proves_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` leads from the leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    at, last, hashed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            hashed = node_hash(sibling, hashed)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and hashed == root


def proves_consistency(first: int, size: int, first_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree with the first root begins the other (RFC 9162, 2.1.4.2).

    Nothing can show it of an empty tree, which begins every other.
    """
    if not 0 < first <= size or not _are_hashes(first_root, root, *proof):
        return False
    if first == size:
        return not proof and first_root == root
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    if not path:
        return False
    at, last = first - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == root
