"""All template tables, and how often each is drawn."""

from __future__ import annotations

from training.data import (
    algorithms,
    bits,
    characters,
    class_records,
    classes,
    compose,
    dates,
    file_paths,
    files,
    lists,
    mapping_groups,
    mappings,
    matrices,
    measures,
    numbers,
    parsing,
    predicates,
    rounding,
    searching,
    sequences,
    text,
    text_building,
    text_codes,
    text_facts,
    text_parts,
    text_patterns,
)
from training.data.first import tables as first
from training.data.template import Template

COMMON, USUAL, RARE = 1.6, 1.0, 0.5  # relative frequency of a template of this table
BY_HAND: tuple[tuple[float, tuple[Template, ...]], ...] = (
    (COMMON, numbers.TEMPLATES),
    (COMMON, predicates.TEMPLATES),
    (COMMON, text.TEMPLATES),
    (COMMON, text_facts.TEMPLATES),
    (COMMON, algorithms.TEMPLATES),
    (COMMON, lists.TEMPLATES),
    (COMMON, first.TEMPLATES),
    (USUAL, rounding.TEMPLATES),
    (USUAL, sequences.TEMPLATES),
    (USUAL, searching.TEMPLATES),
    (USUAL, text_building.TEMPLATES),
    (USUAL, text_parts.TEMPLATES),
    (USUAL, mappings.TEMPLATES),
    (USUAL, mapping_groups.TEMPLATES),
    (USUAL, files.TEMPLATES),
    (USUAL, parsing.TEMPLATES),
    (USUAL, classes.BY_HAND),
    (RARE, text_patterns.TEMPLATES),
    (RARE, text_codes.TEMPLATES),
    (RARE, characters.TEMPLATES),
    (RARE, dates.TEMPLATES),
    (RARE, file_paths.TEMPLATES),
    (RARE, measures.TEMPLATES),
    (RARE, bits.TEMPLATES),
    (RARE, matrices.TEMPLATES),
)
COMPOSED_SHARE, RECORDS_SHARE = 0.3, 0.04
BY_HAND_SHARE = 1 - COMPOSED_SHARE - RECORDS_SHARE
_WEIGHT = sum(often * len(templates) for often, templates in BY_HAND)

# Each group with its share of the draws; within a group, all templates are equally likely.
GROUPS: tuple[tuple[float, tuple[Template, ...]], ...] = (
    *((BY_HAND_SHARE * often * len(templates) / _WEIGHT, templates) for often, templates in BY_HAND),
    (COMPOSED_SHARE, compose.TEMPLATES),
    (RECORDS_SHARE, class_records.TEMPLATES),
)
