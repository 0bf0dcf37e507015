"""The tables, the version they are at, and how an older file gets there."""

from __future__ import annotations

SCHEMA_VERSION = 5

TABLES = """
CREATE TABLE meta (schema_version INTEGER NOT NULL);

CREATE TABLE completions (
    key VARCHAR PRIMARY KEY,
    fingerprint VARCHAR NOT NULL,
    prompt_ids INTEGER[] NOT NULL,
    max_new_tokens INTEGER NOT NULL,
    temperature DOUBLE NOT NULL,
    top_k INTEGER NOT NULL,
    top_p DOUBLE NOT NULL,
    seed UBIGINT NOT NULL,
    token_ids INTEGER[] NOT NULL,
    logprobs FLOAT[] NOT NULL,
    text VARCHAR NOT NULL,
    finish_reason VARCHAR NOT NULL,
    seconds DOUBLE NOT NULL,
    versions VARCHAR NOT NULL,
    created TIMESTAMP NOT NULL DEFAULT current_timestamp::TIMESTAMP
);

CREATE TABLE runs (
    run_id VARCHAR PRIMARY KEY,
    started VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    seed BIGINT NOT NULL,
    alpha DOUBLE NOT NULL,
    model_a VARCHAR NOT NULL,
    fingerprint_a VARCHAR NOT NULL,
    model_b VARCHAR,
    fingerprint_b VARCHAR,
    versions VARCHAR NOT NULL,
    result VARCHAR,
    procedure VARCHAR
);

CREATE TABLE pairs (
    run_id VARCHAR NOT NULL,
    behavior VARCHAR NOT NULL,
    pair INTEGER NOT NULL,
    case_index BIGINT NOT NULL,
    target_key_a VARCHAR,
    target_key_b VARCHAR,
    baseline_key_a VARCHAR,
    baseline_key_b VARCHAR,
    score_a DOUBLE,
    score_b DOUBLE,
    value DOUBLE NOT NULL,
    log_e_holds DOUBLE NOT NULL,
    log_e_violated DOUBLE NOT NULL,
    weight DOUBLE DEFAULT 1,
    greatest_weight DOUBLE DEFAULT 1
);

CREATE TABLE verdicts (
    run_id VARCHAR NOT NULL,
    behavior VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    expectation VARCHAR NOT NULL,
    margin DOUBLE NOT NULL,
    scorer VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    error VARCHAR,
    exact BOOLEAN NOT NULL,
    stop VARCHAR NOT NULL,
    pairs INTEGER NOT NULL,
    estimate DOUBLE,
    lower DOUBLE,
    upper DOUBLE,
    mean_a DOUBLE,
    mean_b DOUBLE,
    changed INTEGER,
    e_holds DOUBLE NOT NULL,
    e_violated DOUBLE NOT NULL,
    suite_version VARCHAR
);
"""

LEDGER = """
CREATE TABLE ledger (
    suite VARCHAR NOT NULL,
    behavior VARCHAR NOT NULL,
    procedure VARCHAR NOT NULL,
    alpha DOUBLE NOT NULL,
    test INTEGER NOT NULL,
    release VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    started VARCHAR NOT NULL,
    model_b VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    level DOUBLE NOT NULL,
    alarm BOOLEAN NOT NULL,
    pairs INTEGER NOT NULL,
    PRIMARY KEY (suite, behavior, procedure, alpha, test)
);
"""
"""One row for each test of each stream; ``level`` is what the stream allowed it beforehand."""

READINGS = """
CREATE TABLE replays (
    key VARCHAR PRIMARY KEY,
    reference_key VARCHAR NOT NULL,
    shared INTEGER NOT NULL,
    logprobs FLOAT[] NOT NULL
);

CREATE TABLE likelihoods (
    key VARCHAR PRIMARY KEY,
    fingerprint VARCHAR NOT NULL,
    prompt_ids INTEGER[] NOT NULL,
    token_ids INTEGER[] NOT NULL,
    logprobs FLOAT[] NOT NULL,
    versions VARCHAR NOT NULL,
    created TIMESTAMP NOT NULL DEFAULT current_timestamp::TIMESTAMP
);
"""
"""What a forward pass over a given text tells: of another model's answer, and of a reference."""

ALTERNATIVES = """
CREATE TABLE alternatives (
    key VARCHAR PRIMARY KEY,
    fingerprint VARCHAR NOT NULL,
    token_ids INTEGER[] NOT NULL,
    logprobs FLOAT[] NOT NULL,
    versions VARCHAR NOT NULL,
    created TIMESTAMP NOT NULL DEFAULT current_timestamp::TIMESTAMP
);
"""
"""What a model might say next at a place where two answers part, the most likely first."""

MIGRATIONS = {
    1: """
ALTER TABLE runs ADD COLUMN procedure VARCHAR;
ALTER TABLE pairs ADD COLUMN weight DOUBLE DEFAULT 1;
ALTER TABLE pairs ADD COLUMN greatest_weight DOUBLE DEFAULT 1;
"""
    + LEDGER,
    2: READINGS,
    3: ALTERNATIVES,
    4: "ALTER TABLE verdicts ADD COLUMN suite_version VARCHAR;",
}
"""For each older version, what brings its tables to the next one; nothing is ever dropped."""
