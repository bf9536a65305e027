"""The entry point: opens a connection in its configured role."""

from gateway.canonical.roles import SystemRole
from gateway.ports.base import SystemPort
from gateway.ports.connection import Connection
from gateway.ports.crm import CrmPort
from gateway.ports.erp import ErpPort
from gateway.ports.hcm import HcmPort
from gateway.ports.psa import PsaPort
from subgraphs.suite.tryton.crm import TrytonCrm
from subgraphs.suite.tryton.erp import TrytonErp
from subgraphs.suite.tryton.failures import classify
from subgraphs.suite.tryton.hcm import TrytonHcm
from subgraphs.suite.tryton.kinds import build_crm_kinds, build_hcm_kinds, build_psa_kinds
from subgraphs.suite.tryton.options import build_auth, parse_mapping, parse_options
from subgraphs.suite.tryton.psa import FILTERS, TrytonPsa
from subgraphs.suite.tryton.records import RecordBuilder
from subgraphs.suite.tryton.rest import RestClient


def connect(connection: Connection) -> SystemPort:
    """Open a connection. Raise ConfigurationError for invalid options or an invalid mapping file."""
    options, mapping = parse_options(connection), parse_mapping(connection)
    upstream = connection.open_upstream(build_auth(connection), classify, options.concurrency)
    rest = RestClient(upstream, options.database)
    builder = RecordBuilder(connection.name, mapping.bracketed_references, mapping.countries)
    if connection.role is SystemRole.CRM:
        sales: CrmPort = TrytonCrm(connection, mapping, options, upstream, rest, build_crm_kinds(builder, mapping), {})
        return sales
    if connection.role is SystemRole.HCM:
        workforce: HcmPort = TrytonHcm(connection, mapping, options, upstream, rest, build_hcm_kinds(builder), {})
        return workforce
    if connection.role is SystemRole.ERP:
        books: ErpPort = TrytonErp(connection, mapping, options, upstream, rest)
        return books
    kinds = build_psa_kinds(rest, builder, mapping)
    services: PsaPort = TrytonPsa(connection, mapping, options, upstream, rest, kinds, FILTERS)
    return services
