// A client in another language, with nothing but Node: it takes address, authority and token from a kubeconfig, and lists, watches and
// patches over HTTPS. Prints one line for each thing that it has seen; ends with status 0 if all came as it should.
//
//   node node-client.mjs KUBECONFIG
import { readFileSync } from 'node:fs';
import https from 'node:https';

const kubeconfig = readFileSync(process.argv[2], 'utf8');
const value = (name) => {
  const found = new RegExp(`^\\s*${name}: (.*)$`, 'm').exec(kubeconfig);
  if (!found) throw new Error(`The kubeconfig has no ${name}.`);
  return found[1].trim().replace(/^"|"$/g, '');
};
const server = new URL(value('server'));
const ca = Buffer.from(value('certificate-authority-data'), 'base64');
const token = value('token');
const maps = '/api/v1/namespaces/default/configmaps';

function open(method, path, body, contentType = 'application/json') {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    if (body !== undefined) {
      headers['content-type'] = contentType;
      headers['content-length'] = Buffer.byteLength(body);
    }
    const request = https.request({ host: server.hostname, port: server.port, method, path, headers, ca }, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

async function call(method, path, body, contentType) {
  const response = await open(method, path, body && JSON.stringify(body), contentType);
  let text = '';
  for await (const chunk of response) text += chunk;
  const answer = JSON.parse(text);
  if (response.statusCode >= 300) throw Object.assign(new Error(answer.message), { status: answer });
  return answer;
}

// A watch is one JSON event a line; a chunk may end anywhere.
async function* watch(path) {
  const response = await open('GET', path);
  let rest = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}

const version = await call('GET', '/version');
console.log(`version ${version.major}.${version.minor}`);

await call('POST', maps, { metadata: { name: 'node', labels: { by: 'node' } }, data: { greeting: 'hello, wörld' } });
const list = await call('GET', `${maps}?labelSelector=by%3Dnode`);
console.log(`listed ${list.items.map((item) => item.metadata.name)} ${list.items[0].data.greeting}`);

const events = watch(`${maps}?watch=true&labelSelector=by%3Dnode&allowWatchBookmarks=true&resourceVersion=${list.metadata.resourceVersion}`);
const next = events.next();
const patched = await call('PATCH', `${maps}/node`, { data: { greeting: 'bye' } }, 'application/merge-patch+json');
console.log(`patched ${patched.data.greeting}`);
const modified = (await next).value;
console.log(`${modified.type} ${modified.object.data.greeting}`);
await call('DELETE', `${maps}/node`);
const deleted = (await events.next()).value;
console.log(`${deleted.type} ${deleted.object.metadata.name}`);
await events.return();

try {
  await call('GET', `${maps}/node`);
} catch (error) {
  console.log(`${error.status.code} ${error.status.reason} ${error.message}`);
}
process.exit(0);
