"""Naming conventions of wire types."""

import pytest

from pyhew.names.wire import styled


@pytest.mark.parametrize(
    ("convention", "field", "variant"),
    [
        ("camelCase", "userName2", "pendingReview"),
        ("PascalCase", "UserName2", "PendingReview"),
        ("snake_case", "user_name2", "pending_review"),
        ("SCREAMING_SNAKE", "USER_NAME2", "PENDING_REVIEW"),
        ("kebab-case", "user-name2", "pending-review"),
        ("", "user_name2", "PendingReview"),
    ],
)
def test_conventions(convention: str, field: str, variant: str) -> None:
    assert styled("user_name2", convention) == field
    assert styled("PendingReview", convention) == variant


def test_words_of_capitals_stay_together() -> None:
    assert styled("HTTPServer", "snake_case") == "http_server"
    assert styled("_", "camelCase") == "_"
