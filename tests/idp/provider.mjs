// A certified OpenID provider (panva/oidc-provider) on loopback: authorization code flow with PKCE, JWT access tokens
// for one resource. Environment: ISSUER, RESOURCE, REDIRECT (the redirect URI), SCOPES (those of the resource).
import { Provider, errors } from 'oidc-provider';

const { ISSUER, RESOURCE, REDIRECT, SCOPES } = process.env;

const provider = new Provider(ISSUER, {
  clients: [
    {
      client_id: 'psgw-console',
      application_type: 'web',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: [REDIRECT],
    },
  ],
  pkce: { required: () => true },
  scopes: ['openid', ...SCOPES.split(' ')],
  features: {
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => RESOURCE,
      useGrantedResource: async () => true,
      getResourceServerInfo: async (_context, resource) => {
        if (resource !== RESOURCE) throw new errors.InvalidTarget();
        return {
          scope: SCOPES,
          audience: RESOURCE,
          accessTokenTTL: 300,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        };
      },
    },
  },
  clientBasedCORS: (_context, origin) => origin === new URL(REDIRECT).origin,
  extraTokenClaims: async () => ({
    tenant: 'main',
    roles: ['finance'],
    legal_entities: ['*'],
    regions: ['*'],
    row_access: 'all',
  }),
  findAccount: async (_context, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
});

provider.listen(Number(new URL(ISSUER).port), '127.0.0.1', () => process.stdout.write(`${ISSUER}\n`));
