"""SOAP on the wire, by pyVmomi's own rules: an envelope into a `Call`, a value or a fault into an envelope."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false
# mypy: disallow-untyped-calls=False
# (pyVmomi's serializer has no annotations)

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape

from pyVmomi import SoapAdapter, VmomiSupport, vmodl
from pyVmomi.SoapAdapter import ExpatDeserializerNSHandlers, SoapDeserializer
from pyVmomi.VmomiSupport import ManagedObject, Object

from .schema import SERVED_VERSION, Property, data, item_of, property_of, wsdl_name

if TYPE_CHECKING:
    from collections.abc import Mapping

FETCH = "Fetch"
"""The call behind every attribute of a managed object that a client reads by itself."""

_BODY = ["Envelope", "Body"]
_SPOKEN = frozenset({SERVED_VERSION, *VmomiSupport.GetVersionParents(SERVED_VERSION)})


class NotSoap(Exception):
    """What came in isn't a SOAP request."""


@dataclass(slots=True)
class Call:
    """One call: the method's wire name, the object it is made on, its arguments by name."""

    method: str
    this: ManagedObject
    arguments: "Mapping[str, object]"
    result: Property
    version: str
    known: bool = True


@dataclass(slots=True)
class _Read:
    method: str = ""
    info: object = None
    this: ManagedObject | None = None
    arguments: dict[str, object] = field(default_factory=dict[str, object])


class _Reader(ExpatDeserializerNSHandlers):
    """Walks Envelope / Body / method / arguments, handing each argument to pyVmomi's deserializer.

    The deserializer takes the parser's handlers over, eats the argument with its closing tag, and gives them back.
    """

    def __init__(self, version: str) -> None:
        super().__init__({})
        self.read = _Read()
        self._version = version
        self._open: list[str] = []
        self._pending: tuple[str, bool, SoapDeserializer] | None = None
        self._parser = ParserCreate(namespace_separator=SoapAdapter.NS_SEP)
        self._parser.buffer_text = True
        SoapAdapter.SetHandlers(self._parser, SoapAdapter.GetHandlers(self))

    def feed(self, body: bytes) -> _Read:
        self._parser.Parse(body, True)
        return self.read

    def StartElementHandler(self, tag: str, attributes: "Mapping[str, str]") -> None:
        self._keep()
        name = tag.rsplit(SoapAdapter.NS_SEP, 1)[-1]
        if self._open[:2] == _BODY and len(self._open) == 3:
            self._argument(name, tag, attributes)
            return
        if self._open == _BODY:
            self.read.method = name
            self.read.info = _method(name)
        self._open.append(name)

    def EndElementHandler(self, tag: str) -> None:
        self._keep()
        self._open.pop()

    def CharacterDataHandler(self, text: str) -> None:
        """Blanks between elements."""

    def _argument(self, name: str, tag: str, attributes: "Mapping[str, str]") -> None:
        kind = _parameter_type(self.read.info, name)
        many = issubclass(kind, list)
        deserializer = SoapDeserializer(None, self._version)
        deserializer.Deserialize(self._parser, item_of(kind) if many else kind, False, self.nsMap)
        self._pending = (name, many, deserializer)
        deserializer.StartElementHandler(tag, attributes)

    def _keep(self) -> None:
        if self._pending is None:
            return
        name, many, deserializer = self._pending
        self._pending = None
        value = deserializer.GetResult()
        if name == "_this":
            self.read.this = cast("ManagedObject", value)
        elif many:
            cast("list[object]", self.read.arguments.setdefault(name, [])).append(value)
        else:
            self.read.arguments[name] = value


def _method(name: str) -> object:
    if name == FETCH:
        return None
    try:
        return VmomiSupport.GuessWsdlMethod(name).info
    except KeyError:
        return None


def _parameter_type(info: object, name: str) -> type:
    if name == "_this":
        return ManagedObject
    if info is None:
        return str
    for parameter in info.params:  # type: ignore[attr-defined] # pyVmomi's untyped bag
        if parameter.name == name:
            return cast("type", parameter.type)
    raise NotSoap(f"no such parameter: {name}")


def version_of(soap_action: str) -> str | None:
    """The API version that the client speaks; None if it is newer than the one served."""
    uri = soap_action.strip('"')
    if not uri:
        return SERVED_VERSION
    try:
        version = cast("str", VmomiSupport.GetVersionFromVersionUri(uri))
    except KeyError:
        return None
    return version if version in _SPOKEN else None


def read_call(body: bytes, version: str) -> Call:
    try:
        read = _Reader(version).feed(body)
    except (ExpatError, TypeError, KeyError, AttributeError, ValueError) as error:
        raise NotSoap(str(error)) from error
    if read.this is None:
        raise NotSoap("no object to call")
    if read.method == FETCH:
        result = property_of(type(read.this), str(read.arguments.get("prop", "")))
    elif read.info is None:
        result = None
    else:
        result = Property("", read.info.result, read.info.resultFlags)  # type: ignore[attr-defined] # the same bag
    return Call(
        read.method, read.this, read.arguments, result or Property("", object, 0), version, known=result is not None
    )


def write_answer(call: Call, value: object) -> bytes:
    namespace, prefixes = _namespaces(call.version)
    returned = ""
    if value is not None:
        info = Object(name="returnval", type=call.result.type, version=call.version, flags=call.result.flags)
        returned = SoapAdapter.SerializeToStr(value, info, call.version, prefixes)
    return _envelope(f'<{call.method}Response xmlns="{namespace}">{returned}</{call.method}Response>')


def write_fault(fault: vmodl.MethodFault, version: str) -> bytes:
    _, prefixes = _namespaces(version)
    name = wsdl_name(type(fault))
    info = Object(name=f"{name}Fault", type=object, version=version, flags=0)
    text = str(getattr(fault, "msg", None) or name)
    detail = SoapAdapter.SerializeFaultDetail(fault, info, version, prefixes)
    return _envelope(
        f"<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>{escape(text)}</faultstring>"
        f"<detail>{detail}</detail></soapenv:Fault>"
    )


def unsupported_version(soap_action: str) -> bytes:
    text = f"Unsupported version URI {soap_action}"
    return write_fault(data(vmodl.fault.InvalidRequest, msg=text), SERVED_VERSION)


def _namespaces(version: str) -> tuple[str, dict[str, str]]:
    namespace = str(VmomiSupport.GetWsdlNamespace(version))
    return namespace, {**SoapAdapter.SOAP_NSMAP, namespace: ""}


def _envelope(content: str) -> bytes:
    parts = (
        SoapAdapter.XML_HEADER,
        "\n",
        SoapAdapter.SOAP_ENVELOPE_START,
        SoapAdapter.SOAP_BODY_START,
        content,
        SoapAdapter.SOAP_BODY_END,
        SoapAdapter.SOAP_ENVELOPE_END,
    )
    return "".join(parts).encode()
