"""The words for what can go wrong with a vCenter."""

import errno
import socket
import ssl
from http.client import HTTPException, IncompleteRead
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from homeward.checks.sources.access import VCenterAccess
from homeward.checks.sources.vcenter.faults import reason

ACCESS = VCenterAccess("vc01", "vc01.corp.example", "homeward", "s3cret")
_fault: Any = vim.fault
_vmodl: Any = vmodl


def untrusted(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, message
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "vc01 did not answer within 20 s"),
        (untrusted(10, "certificate has expired"), "vc01's certificate is not trusted: certificate has expired"),
        (
            untrusted(18, "self-signed certificate"),
            "vc01's certificate is not trusted: self-signed certificate:"
            " set ca_file to the file of the authority that signed it",
        ),
        (ssl.SSLError(1, "x"), "vc01 does not speak TLS on port 443 (handshake failed)"),
        (
            socket.gaierror(-2, "Name or service not known"),
            "the host name vc01.corp.example of vc01 cannot be resolved (Name or service not known)",
        ),
        (ConnectionRefusedError(), "vc01 refused the connection to vc01.corp.example:443"),
        (ConnectionResetError(), "vc01 closed the connection without an answer"),
        (ssl.SSLEOFError(), "vc01 closed the connection without an answer"),
        (
            OSError(errno.EHOSTUNREACH, "No route to host"),
            "vc01 cannot be reached at vc01.corp.example:443 (No route to host)",
        ),
        (HTTPException("503 Service Unavailable"), "vc01 answered with HTTP 503 Service Unavailable"),
        (IncompleteRead(b"half"), "vc01 sent an answer that breaks off or is not XML"),
        (KeyError("urn:x"), "vc01 sent an answer that cannot be understood (KeyError)"),
        (_fault.InvalidLogin(), "vc01 refused the user name or password of homeward"),
        (_fault.NotAuthenticated(), "vc01 ended the session of homeward again and again"),
        (
            _fault.NoPermission(privilegeId="System.View"),
            "vc01 does not let homeward read this (privilege System.View)",
        ),
        (_vmodl.fault.NotSupported(), "vc01 answered with the fault NotSupported"),
        (_vmodl.fault.InvalidRequest(msg="bad request"), "vc01 answered with the fault InvalidRequest: bad request"),
        (
            _vmodl.fault.InvalidRequest(msg='Unsupported version URI "urn:vim25/6.5"'),
            "vc01 does not speak the vSphere API 6.5; Homeward needs 6.5 or later",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_went_wrong_is_said_in_words_without_secrets(error: Exception, words: str) -> None:
    assert reason(error, ACCESS, 20.0) == words
    assert "s3cret" not in repr(ACCESS)
