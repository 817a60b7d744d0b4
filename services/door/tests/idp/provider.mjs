// An OpenID provider for tests, certified code really running, with the client and the people of Keycloak's realm; changes its keys when told to.
// node provider.mjs <port> <realm.json>
import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const [port, file] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const SURE = 'two-factor';
const realm = JSON.parse(readFileSync(file, 'utf8'));
const client = realm.clients[0];
const people = new Map(realm.users.map((user) => [user.username, user]));
let keys = [newKey()];

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
}

// As the mappers of the realm make them: nodes are a list, the rest is one text each.
function claims(sub) {
  const user = people.get(sub);
  const said = Object.entries(user.attributes).map(([name, values]) => [name, name === 'nodes' ? values : values[0]]);
  return { ...Object.fromEntries(said), roles: user.realmRoles, sub };
}

function made() {
  return new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.secret,
        redirect_uris: client.redirectUris,
        post_logout_redirect_uris: [client.attributes['post.logout.redirect.uris']],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    acrValues: [SURE],
    claims: { openid: ['sub'], profile: ['staff', 'title', 'roles', 'nodes', 'phone', 'until', 'amr', 'acr'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['only for tests'] },
    jwks: { keys },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => claims(sub) }),
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
  return new URLSearchParams(text);
}

// Asks who it is, and for the number of a second factor where the site asks for one.
async function interact(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const sure = (params.acr_values ?? '').split(' ').includes(SURE);
  if (request.method === 'GET') {
    const fields = ['username', 'password', ...(sure ? ['otp'] : [])].map((name) => `<input name="${name}">`).join('');
    response.setHeader('Content-Type', 'text/html').end(`<form method="post" action="${request.url}">${fields}</form>`);
    return;
  }
  const typed = await body(request);
  const user = people.get(typed.get('username'));
  if (user === undefined || typed.get('password') !== user.credentials[0].value) {
    response.writeHead(401).end('nobody has this name and password');
    return;
  }
  const login = { accountId: user.username, amr: ['pwd'], acr: 'password' };
  if (sure && typed.get('otp')) Object.assign(login, { amr: ['pwd', 'otp'], acr: SURE });
  await provider.interactionFinished(request, response, { login });
}

let provider = made();
const server = createServer(async (request, response) => {
  const path = request.url.split('?')[0];
  if (path === '/test/rollover') {
    keys = [newKey()];
    provider = made();
    response.end();
  } else if (path.startsWith('/interaction/')) {
    await interact(request, response);
  } else {
    provider.callback()(request, response);
  }
});
server.listen(Number(port), '127.0.0.1');
