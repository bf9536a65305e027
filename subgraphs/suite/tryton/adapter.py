"""Opens a connection in the role that it is configured for."""

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
from subgraphs.suite.tryton.kinds import crm_kinds, hcm_kinds, psa_kinds
from subgraphs.suite.tryton.options import auth_of, mapping_of, options_of
from subgraphs.suite.tryton.psa import FILTERS, TrytonPsa
from subgraphs.suite.tryton.records import RecordBuilder
from subgraphs.suite.tryton.rest import Rest


def connect(connection: Connection) -> SystemPort:
    """Open a connection; raise ConfigurationError for options or a mapping file that cannot work."""
    options, mapping = options_of(connection), mapping_of(connection)
    upstream = connection.open_upstream(auth_of(connection), classify, options.concurrency)
    rest = Rest(upstream, options.database)
    builder = RecordBuilder(connection.name, mapping.bracketed_references)
    if connection.role is SystemRole.CRM:
        sales: CrmPort = TrytonCrm(connection, mapping, options, upstream, rest, crm_kinds(builder, mapping), {})
        return sales
    if connection.role is SystemRole.HCM:
        workforce: HcmPort = TrytonHcm(connection, mapping, options, upstream, rest, hcm_kinds(builder), {})
        return workforce
    if connection.role is SystemRole.ERP:
        books: ErpPort = TrytonErp(connection, mapping, options, upstream, rest)
        return books
    kinds = psa_kinds(rest, builder, mapping)
    services: PsaPort = TrytonPsa(connection, mapping, options, upstream, rest, kinds, FILTERS)
    return services
