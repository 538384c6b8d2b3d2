"""The tree against published values, and against the definition in RFC 6962, 2.1, written down naively."""

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chappe.audit.tree import (
    EMPTY_ROOT,
    Frontier,
    Node,
    consistency_spans,
    hash_of,
    inclusion_spans,
    leaf_hash,
    node_hash,
    nodes_of,
    proves_consistency,
    proves_inclusion,
    stored_for,
)
from tests.audit.vectors import CONSISTENCY, INCLUSION, LEAVES, ROOTS

SIZES = st.integers(1, 300)


def hashes_of(size: int) -> list[bytes]:
    return [leaf_hash(b"%d" % at) for at in range(size)]


def naive_root(hashes: list[bytes]) -> bytes:
    """MTH, as the RFC defines it."""
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY_ROOT
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    return node_hash(naive_root(hashes[:middle]), naive_root(hashes[middle:]))


def stored(hashes: list[bytes]) -> dict[int, bytes]:
    tree, found = Frontier(), dict[int, bytes]()
    for hashed in hashes:
        found |= {node.stored_at(): value for node, value in tree.add(hashed)}
    return found


def test_hashes_of_leaves_and_nodes_cannot_be_taken_for_each_other() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


def test_the_published_roots() -> None:
    tree = Frontier()
    assert tree.root() == EMPTY_ROOT
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree.add(leaf_hash(leaf))
        assert tree.root().hex() == root


@pytest.mark.parametrize(("index", "size", "leaf", "root", "proof"), INCLUSION)
def test_the_published_proofs_of_inclusion(index: int, size: int, leaf: str, root: str, proof: list[str]) -> None:
    hashes = [b64decode(each) for each in proof]
    assert proves_inclusion(b64decode(leaf), index, size, hashes, b64decode(root))
    known = stored([leaf_hash(each) for each in LEAVES])
    if b64decode(root).hex() == ROOTS[size - 1]:
        assert [hash_of(span, known) for span in inclusion_spans(index, size)] == hashes


@pytest.mark.parametrize(("first", "size", "first_root", "root", "proof"), CONSISTENCY)
def test_the_published_proofs_of_consistency(
    first: int, size: int, first_root: str, root: str, proof: list[str]
) -> None:
    hashes = [b64decode(each) for each in proof]
    assert proves_consistency(first, size, b64decode(first_root), b64decode(root), hashes)
    known = stored([leaf_hash(each) for each in LEAVES])
    if b64decode(root).hex() == ROOTS[size - 1]:
        assert [hash_of(span, known) for span in consistency_spans(first, size)] == hashes


@given(SIZES)
def test_what_is_stored_has_no_gaps_and_gives_every_root(size: int) -> None:
    hashes = hashes_of(size)
    known = stored(hashes)
    assert sorted(known) == list(range(len(known)))
    assert len(known) == 2 * size - size.bit_count()
    for end in {1, size // 2, size - 1, size} - {0}:
        assert hash_of((0, end), known) == naive_root(hashes[:end])


@given(st.data(), SIZES)
def test_every_leaf_is_proven_and_no_other(data: st.DataObject, size: int) -> None:
    at = data.draw(st.integers(0, size - 1))
    hashes, known = hashes_of(size), stored(hashes_of(size))
    root, proof = naive_root(hashes), [hash_of(span, known) for span in inclusion_spans(at, size)]
    assert proves_inclusion(hashes[at], at, size, proof, root)
    assert not proves_inclusion(leaf_hash(b"other"), at, size, proof, root)
    assert not proves_inclusion(hashes[at], at, size, [*proof, root], root)
    assert not proves_inclusion(hashes[at], size, size, proof, root)
    for other in {(at + 1) % size, size // 2} - {at}:
        assert not proves_inclusion(hashes[at], other, size, proof, root)
    for spoilt in range(len(proof)):
        wrong = [*proof[:spoilt], leaf_hash(b"x"), *proof[spoilt + 1 :]]
        assert not proves_inclusion(hashes[at], at, size, wrong, root)
        assert not proves_inclusion(hashes[at], at, size, proof[:spoilt] + proof[spoilt + 1 :], root)


@given(st.data(), SIZES)
def test_every_tree_is_proven_to_begin_every_later_one(data: st.DataObject, size: int) -> None:
    first = data.draw(st.integers(1, size))
    hashes, known = hashes_of(size), stored(hashes_of(size))
    before, root = naive_root(hashes[:first]), naive_root(hashes)
    proof = [hash_of(span, known) for span in consistency_spans(first, size)]
    assert proves_consistency(first, size, before, root, proof)
    assert not proves_consistency(first, size, leaf_hash(b"x"), root, proof)
    assert not proves_consistency(first, size, before, leaf_hash(b"x"), proof)
    assert not proves_consistency(first, size, before, root, [*proof, before])
    for spoilt in range(len(proof)):
        wrong = [*proof[:spoilt], leaf_hash(b"x"), *proof[spoilt + 1 :]]
        assert not proves_consistency(first, size, before, root, wrong)


@given(st.integers(1, 2**40))
def test_a_leaf_or_a_proof_needs_a_few_nodes_whatever_the_size(size: int) -> None:
    """Steps are counted, not seconds: twice the logarithm at most."""
    most = 2 * size.bit_length()
    assert len(nodes_of((0, size))) <= size.bit_length()
    assert len(stored_for(inclusion_spans(size // 3, size))) <= most
    assert len(stored_for(consistency_spans(size // 3, size))) <= most
    tree = Frontier(size, [leaf_hash(b"any")] * size.bit_count())
    assert len(tree.add(leaf_hash(b"new"))) <= size.bit_length() + 1


def test_places_of_nodes() -> None:
    assert [Node(0, 0).stored_at(), Node(0, 1).stored_at(), Node(1, 0).stored_at(), Node(0, 2).stored_at()] == [
        0,
        1,
        2,
        3,
    ]
