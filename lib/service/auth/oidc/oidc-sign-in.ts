import * as oauth from 'oauth4webapi';
import { Deadline } from '../../../base/deadline.ts';
import { asArray } from '../../../base/json.ts';
import type { Json } from '../../../base/json.ts';
import { isLoopback } from '../../../base/loopback.ts';
import { HttpFault } from '../../http/http-fault.ts';
import type { SignInSettings } from './sign-in-file.ts';

/** Somebody whom the provider knows, and who may look here. */
export interface SignedIn {
  /** For people: the address of their mail, else a name, else what the provider calls them. */
  readonly name: string;
  /** The tenant whose patterns they may see. */
  readonly tenant: string;
  /** The path that they had asked for. */
  readonly to: string;
}

/**
 * A sign-in that came to nothing; the detail is for who tried. Status 403 for somebody who may not, 400 for what has to be begun
 * again, 502 for a provider that fails.
 */
export class SignInFault extends HttpFault {
  /** What was wrong, for the log; undefined where there is nothing for an operator to mend. */
  override readonly cause: unknown;

  constructor(status: 400 | 403 | 502, detail: string, cause?: unknown) {
    super(status, { detail });
    this.cause = cause;
  }
}

/**
 * Signs people in with their account at an OpenID Connect provider: by a code, with PKCE. Nothing is kept here meanwhile; what
 * the answer is checked against is in a cookie of the browser that asked.
 */
export class OidcSignIn {
  readonly #settings: SignInSettings;
  readonly #client: oauth.Client;
  readonly #options: { readonly signal: () => AbortSignal; [oauth.allowInsecureRequests]: boolean };
  #provider: oauth.AuthorizationServer | undefined;
  #freshness = Deadline.past();

  constructor(settings: SignInSettings) {
    const { issuer, client_id } = settings;
    this.#settings = settings;
    this.#client = { client_id };
    this.#options = {
      [oauth.allowInsecureRequests]: isLoopback(new URL(issuer).hostname),
      signal: () => AbortSignal.timeout(PROVIDER_MS),
    };
  }

  /** The name of the provider's machine, for people. */
  get host(): string {
    return new URL(this.#settings.issuer).host;
  }

  /** The address under which people know the service. */
  get publicUrl(): string {
    return this.#settings.public_url;
  }

  /** Where the provider asks who they are, and the cookie to remember the question by. @throws SignInFault 502 */
  async begin(to: string): Promise<{ readonly location: string; readonly cookie: string }> {
    const { authorization_endpoint: endpoint } = await this.#discovered();
    if (endpoint === undefined) throw this.#failed('it names no page to sign in at');
    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const location = new URL(endpoint);
    const question = {
      client_id: this.#settings.client_id,
      redirect_uri: this.#back,
      response_type: 'code',
      scope: this.#settings.scopes.join(' '),
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(question)) location.searchParams.set(name, value);
    return { location: location.href, cookie: this.#cookie([state, nonce, verifier, to]) };
  }

  /**
   * Who they are, by what the provider sent them back with.
   *
   * @param query the parameters of the address they came back to
   * @param cookies the header `Cookie`
   * @throws SignInFault
   */
  async finish(query: URLSearchParams, cookies: string | undefined): Promise<SignedIn> {
    const [state, nonce, verifier, to = '/'] = remembered(cookies);
    if (state === undefined || nonce === undefined || verifier === undefined) {
      throw new SignInFault(400, 'This browser did not begin to sign in, or it took too long');
    }
    const claims = await this.#claims(query, { state, nonce, verifier });
    const name = [claims['email'], claims['preferred_username'], claims.sub].find(isName) ?? '';
    const place = this.#settings.tenants.find(({ claim, value }) =>
      claim === undefined ? true : valuesOf(claims, claim).includes(value),
    );
    if (!place) {
      throw new SignInFault(403, `${name} may not see any tenant: an administrator decides that`);
    }
    return { name, tenant: place.tenant, to };
  }

  async #claims(
    query: URLSearchParams,
    { state, nonce, verifier }: Readonly<Record<'state' | 'nonce' | 'verifier', string>>,
  ): Promise<oauth.IDToken> {
    const provider = await this.#discovered();
    const { clientSecret } = this.#settings;
    try {
      const answer = oauth.validateAuthResponse(provider, this.#client, query, state);
      const response = await oauth.authorizationCodeGrantRequest(
        provider,
        this.#client,
        clientSecret === undefined ? oauth.None() : this.#secretOf(provider, clientSecret),
        answer,
        this.#back,
        verifier,
        this.#options,
      );
      const tokens = await oauth.processAuthorizationCodeResponse(
        provider,
        this.#client,
        response,
        {
          expectedNonce: nonce,
          requireIdToken: true,
        },
      );
      await oauth.validateApplicationLevelSignature(provider, response, this.#options);
      const claims = oauth.getValidatedIdTokenClaims(tokens);
      if (claims) return claims;
    } catch (error) {
      if (error instanceof oauth.AuthorizationResponseError) {
        const said = error.error_description ?? error.error;
        throw new SignInFault(403, `${this.host} says: ${said.slice(0, MAX_SAID)}`);
      }
      throw this.#failed(error);
    }
    throw this.#failed('it did not say who they are');
  }

  #secretOf(provider: oauth.AuthorizationServer, secret: string): oauth.ClientAuth {
    const ways = provider.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return ways.includes('client_secret_basic')
      ? oauth.ClientSecretBasic(secret)
      : oauth.ClientSecretPost(secret);
  }

  async #discovered(): Promise<oauth.AuthorizationServer> {
    if (this.#provider && !this.#freshness.isOver) return this.#provider;
    const issuer = new URL(this.#settings.issuer);
    try {
      const response = await oauth.discoveryRequest(issuer, this.#options);
      this.#provider = await oauth.processDiscoveryResponse(issuer, response);
      this.#freshness = Deadline.in(KNOWN_FOR_MS);
      return this.#provider;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(cause: unknown): SignInFault {
    return new SignInFault(502, `${this.host} could not be asked who you are; try again`, cause);
  }

  get #back(): string {
    return new URL('/sign-in/back', this.#settings.public_url).href;
  }

  /** Lax, since it is another site that sends them back. */
  #cookie(parts: readonly string[]): string {
    const isSafe = this.#settings.public_url.startsWith('https:');
    const value = Buffer.from(JSON.stringify(parts)).toString('base64url');
    const rest = `Path=/; Max-Age=${ASKED_SECONDS}; HttpOnly; SameSite=Lax`;
    return `${isSafe ? SAFE_COOKIE : COOKIE}=${value}; ${rest}${isSafe ? '; Secure' : ''}`;
  }
}

// --- internal ---

const COOKIE = 'tracker-sign-in';
/** With this prefix, a browser takes it over TLS only, and from this host only. */
const SAFE_COOKIE = `__Host-${COOKIE}`;
/** How long somebody may take to sign in at the provider. */
const ASKED_SECONDS = 600;
/** How long what the provider says of itself holds, in milliseconds. */
const KNOWN_FOR_MS = 3_600_000;
/** How long the provider may take for an answer, in milliseconds. */
const PROVIDER_MS = 5_000;
const MAX_SAID = 200;

/** What the cookie of {@link OidcSignIn.begin} says; nothing without one. */
function remembered(cookies: string | undefined): readonly string[] {
  for (const part of (cookies ?? '').split(';')) {
    const [name = '', value = ''] = part.trim().split('=', 2);
    if (name !== COOKIE && name !== SAFE_COOKIE) continue;
    try {
      const parts = JSON.parse(Buffer.from(value, 'base64url').toString()) as Json;
      return asArray(parts).map((text) => (typeof text === 'string' ? text : ''));
    } catch {
      return [];
    }
  }
  return [];
}

/** What the provider vouches for: not for an address of mail that it has not seen work. */
function valuesOf(claims: oauth.IDToken, claim: string): readonly unknown[] {
  if (claim === 'email' && claims['email_verified'] === false) return [];
  return [claims[claim]].flat();
}

function isName(claim: unknown): claim is string {
  return typeof claim === 'string' && claim !== '';
}
