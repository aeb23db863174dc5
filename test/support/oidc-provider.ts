// An OpenID Connect provider on this machine, as a stranger's: it signs with a key of its own, and checks what it is asked with.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });
const STRANGERS_KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });

interface Question {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

export class OidcProvider {
  readonly clientId = 'pattern-tracker';
  readonly clientSecret = 'secret of the client';
  /** What the provider says of who signs in; others than these are missing. */
  claims: Record<string, unknown> = { sub: 'u-1', email: 'ada@example.org', groups: ['shop'] };
  /** What is wrong with its answers. */
  fault: 'none' | 'nonce' | 'key' | 'issuer' | 'audience' | 'expired' | 'denies' | 'state' = 'none';
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request, response);
  });
  readonly #questions = new Map<string, Question>();

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (pathname === '/.well-known/openid-configuration') {
      json(200, {
        issuer: this.url,
        authorization_endpoint: `${this.url}/authorize`,
        token_endpoint: `${this.url}/token`,
        jwks_uri: `${this.url}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: ['client_secret_basic'],
      });
    } else if (pathname === '/keys') {
      json(200, {
        keys: [{ ...KEYS.publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }],
      });
    } else if (pathname === '/authorize') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<h1>Provider</h1><a href="${this.#back(searchParams)}">Go on as Ada</a>`);
    } else if (pathname === '/token') {
      const form = new URLSearchParams(await text(request));
      const question = this.#questions.get(form.get('code') ?? '');
      this.#questions.delete(form.get('code') ?? '');
      const verifier = createHash('sha256').update(form.get('code_verifier') ?? '');
      const [id, secret] = atob(request.headers.authorization?.replace('Basic ', '') ?? '')
        .split(':')
        .map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
      const isRight =
        question?.challenge === verifier.digest('base64url') &&
        question.redirectUri === form.get('redirect_uri') &&
        id === this.clientId &&
        secret === this.clientSecret;
      if (!question || !isRight) return void json(400, { error: 'invalid_grant' });
      json(200, {
        access_token: randomUUID(),
        token_type: 'Bearer',
        expires_in: 60,
        id_token: this.#idToken(question),
      });
    } else {
      json(404, {});
    }
  }

  /** Where it sends back who asked with these parameters. */
  #back(asked: URLSearchParams): string {
    const redirectUri = asked.get('redirect_uri') ?? '';
    const back = new URL(redirectUri);
    back.searchParams.set('state', this.fault === 'state' ? 'another' : (asked.get('state') ?? ''));
    if (this.fault === 'denies') {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'Ada did not want to');
      return back.href.replaceAll('&', '&amp;');
    }
    const code = randomUUID();
    const [challenge, nonce] = [asked.get('code_challenge') ?? '', asked.get('nonce') ?? ''];
    this.#questions.set(code, { challenge, nonce, redirectUri });
    back.searchParams.set('code', code);
    return back.href.replaceAll('&', '&amp;');
  }

  #idToken({ nonce }: Question): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.fault === 'issuer' ? 'https://elsewhere.example' : this.url,
      aud: this.fault === 'audience' ? 'another client' : this.clientId,
      iat: now,
      exp: this.fault === 'expired' ? now - 600 : now + 60,
      nonce: this.fault === 'nonce' ? 'another' : nonce,
      ...this.claims,
    };
    const encoded = [{ alg: 'RS256', kid: '1' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signed = encoded.join('.');
    const { privateKey } = this.fault === 'key' ? STRANGERS_KEYS : KEYS;
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }
}
