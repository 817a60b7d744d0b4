// An OpenID provider for tests, certified code really running: signs in whoever it is told to, and changes its keys when told to.
// node provider.mjs <port> <back> <home>; one line on stdout when it answers.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [port, back, home] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
let user = { sub: 'u1' };
let keys = [newKey()];

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
}

function made() {
  return new Provider(issuer, {
    clients: [
      {
        client_id: 'liandong',
        client_secret: 'a secret of the test',
        redirect_uris: [back],
        post_logout_redirect_uris: [home],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['staff', 'title', 'roles', 'nodes', 'amr', 'acr'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['only for tests'] },
    jwks: { keys },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => ({ ...user, sub }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
}

async function body(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

let provider = made();
const server = createServer(async (request, response) => {
  const path = request.url.split('?')[0];
  if (path === '/test/user') {
    user = JSON.parse(await body(request));
    response.end();
  } else if (path === '/test/rollover') {
    keys = [newKey()];
    provider = made();
    response.end();
  } else if (path.startsWith('/interaction/')) {
    await provider.interactionFinished(request, response, { login: { accountId: user.sub, amr: user.amr, acr: user.acr } });
  } else {
    provider.callback()(request, response);
  }
});
server.listen(Number(port), '127.0.0.1', () => console.log('listening'));
