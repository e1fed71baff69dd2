"""Hooks for schemathesis that judge an answer by the `code` in its body.

The service sends most refusals with HTTP status 200, and the code of the refusal in the body. The first hook gives the
answer the status that its code means, so that all checks of schemathesis work. The second hook drops the complaints of
which the reason is known, and counts them. All other complaints are faults of the document or of the server.
"""

import atexit
import re
import sys
from collections import Counter
from typing import NamedTuple

import schemathesis


class Known(NamedTuple):
    """A kind of complaint with a known reason."""

    reason: str
    complaints: str
    """Pattern for the class of the complaint."""
    answer: str
    """Pattern for the text of the answer."""


VALID = "RejectedPositiveData"
KNOWN = [
    Known("a made-up id is unknown", VALID, r"not exist|not found|unknown|recordInfo is null|suno_user_id is missing"),
    Known("a made-up link leads to no file", VALID, r"url is wrong|fetch|download"),
    Known("the content of a file is no Base64", VALID, r"Base64"),
    Known("the task is in a state that does not allow the request", VALID, r"not in valid status|already"),
    Known("the account has not enough credits", VALID, r'"code":\s*402'),
    Known("x-rules: numbers have steps of 0.01", VALID, r"allowed are steps of"),
    Known("x-rules: the end of a section depends on its begin", VALID, r"(vocal_?end(_?s)?|infill_?end_?s) is"),
    Known("whole numbers are written without a decimal point", VALID, r"floating point `\d+\.0`"),
    Known("code 500 says that a task is unknown", "ServerError|.*ContentType.*", r'"code":500.*does not exist'),
    Known("it is unknown if an empty text counts as missing", VALID, r"left out when defaultParamFlag is false"),
    Known("each value of a form is a text", "AcceptedNegativeData", r'"file(Name|Path)":"[^"]*\b(null|true|false|-?[0-9.]+)\b'),
    Known("the service answers other methods with HTTP 404", "UnsupportedMethodResponse", r""),
]

asked = set()
dropped = Counter()


@schemathesis.hook
def after_call(context, case, response):
    if response.status_code != 200 or "json" not in " ".join(response.headers.get("content-type", [])):
        return
    body = response.json()
    code = body.get("code") if isinstance(body, dict) else None
    if isinstance(code, int) and code != 200 and 100 <= code <= 599:
        response.status_code = code


@schemathesis.hook
def filter_failure(context, failure, case, response):
    for known in KNOWN:
        if re.fullmatch(known.complaints, type(failure).__name__) and re.search(known.answer, response.text, re.IGNORECASE):
            dropped[known.reason] += 1
            return False
    return True


@schemathesis.check
def key_required(ctx, response, case):
    """Checks once for each operation that a request without a bearer token is refused.

    The check `ignored_auth` of schemathesis sends its requests without the hook above, so this check replaces it.
    """
    if response.status_code == 200 and case.operation.label not in asked:
        asked.add(case.operation.label)
        refusal = case.call(headers={"Authorization": "none"})
        assert refusal.status_code == 401, f"without a bearer token the answer is {refusal.text}"


@atexit.register
def tell():
    for reason, count in sorted(dropped.items()):
        print(f"known: {reason}: {count}", file=sys.stderr)
