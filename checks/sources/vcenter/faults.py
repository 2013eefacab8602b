"""What went wrong with a vCenter, in words for people and without secrets."""

import socket
import ssl
from http.client import HTTPException, IncompleteRead
from xml.parsers.expat import ExpatError

from pyVmomi import vim, vmodl

from homeward.checks.sources.access import VCenterAccess

_HOSTNAME_MISMATCH = 62
_IP_MISMATCH = 64
_UNKNOWN_ISSUER = {18, 19, 20, 21}
"""OpenSSL's codes: self-signed, self-signed in the chain, issuer not found (at the top, at the leaf)."""


def no_answer(access: VCenterAccess, timeout: float) -> str:
    return f"{access.name} did not answer within {timeout:g} s"


def reason(error: Exception, access: VCenterAccess, timeout: float) -> str:
    """A clause that names the vCenter and what it did; errors of the decoder all mean an unintelligible answer."""
    name = access.name
    if isinstance(error, vmodl.MethodFault):
        return _refusal(error, access)
    if isinstance(error, TimeoutError):
        return no_answer(access, timeout)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{name}'s certificate is not trusted: {_untrusted(error, access)}"
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return (
            f"{name} does not speak TLS on port {access.port} ({getattr(error, 'reason', None) or 'handshake failed'})"
        )
    if isinstance(error, socket.gaierror):
        return f"the host name {access.host} of {name} cannot be resolved ({error.strerror})"
    if isinstance(error, ConnectionRefusedError):
        return f"{name} refused the connection to {access.host}:{access.port}"
    if isinstance(error, (ConnectionError, ssl.SSLEOFError)):
        return f"{name} closed the connection without an answer"
    if isinstance(error, OSError):
        return f"{name} cannot be reached at {access.host}:{access.port} ({error.strerror or error})"
    if type(error) is HTTPException:
        return f"{name} answered with HTTP {error}"
    if isinstance(error, (ExpatError, IncompleteRead)):
        return f"{name} sent an answer that breaks off or is not XML"
    return f"{name} sent an answer that cannot be understood ({type(error).__name__})"


def _untrusted(error: ssl.SSLCertVerificationError, access: VCenterAccess) -> str:
    if error.verify_code in {_HOSTNAME_MISMATCH, _IP_MISMATCH}:
        return f"it is not made for {access.host}: set host to a name in the certificate"
    if error.verify_code in _UNKNOWN_ISSUER:
        return f"{error.verify_message}: set ca_file to the file of the authority that signed it"
    return error.verify_message


def _refusal(fault: vmodl.MethodFault, access: VCenterAccess) -> str:
    name = access.name
    if isinstance(fault, vim.fault.InvalidLogin):
        return f"{name} refused the user name or password of {access.username}"
    if isinstance(fault, vim.fault.NotAuthenticated):
        return f"{name} ended the session of {access.username} again and again"
    if isinstance(fault, vim.fault.NoPermission):
        return f"{name} does not let {access.username} read this (privilege {fault.privilegeId or 'System.Read'})"
    if "unsupported version" in fault_name(fault).casefold():
        return f"{name} does not speak the vSphere API 6.5; Homeward needs 6.5 or later"
    return f"{name} answered with the fault {fault_name(fault)}"


def fault_name(fault: vmodl.MethodFault) -> str:
    """The fault's own name and its message, as "InvalidProperty: ..."; messages of vCenter hold no passwords."""
    message = str(getattr(fault, "msg", None) or "").strip()
    kind = type(fault).__name__.rpartition(".")[2]
    return f"{kind}: {message}" if message else kind
