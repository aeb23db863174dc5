import { parse } from 'yaml';
import * as z from 'zod';
import { errorMessage, TrackerError } from '../../../base/errors.ts';
import { isLoopback } from '../../../base/loopback.ts';
import { readRegularFile } from '../../../base/regular-file.ts';
import { TENANT_NAME } from '../../store/tenants.ts';

/** Who may sign in with an account of an OpenID Connect provider, and what they then see. */
export type SignInSettings = z.output<typeof schema> & {
  /** Undefined for a client that has none, and relies on PKCE. */
  readonly clientSecret: string | undefined;
};

/**
 * Reads the file of `serve --sign-in`, and the secret that it names.
 *
 * @throws TrackerError E_SIGN_IN_FILE
 */
export function readSignInFile(file: string): SignInSettings {
  const result = schema.safeParse(parsed(file));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw refused(file, `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'wrong'}`);
  }
  const secretFile = result.data.client_secret_file;
  const clientSecret = secretFile === undefined ? undefined : textOf(secretFile, file).trim();
  if (clientSecret === '') throw refused(file, `${secretFile ?? ''} is empty`);
  return { ...result.data, clientSecret };
}

// --- internal ---

const MAX_BYTES = 64 * 1024;

/** An address to which a password may be sent: of a server with TLS, or of this machine. */
const address = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}, 'expected https://…');

const schema = z.strictObject({
  issuer: address,
  client_id: z.string().min(1),
  client_secret_file: z.string().min(1).optional(),
  /** Under which people know the service: the provider sends them back to PUBLIC_URL/sign-in/back. */
  public_url: address,
  scopes: z.array(z.string().min(1)).default(['openid', 'profile', 'email']),
  /** Who sees which tenant: the first that fits counts. Without claim and value it fits everybody. */
  tenants: z
    .array(
      z
        .strictObject({
          tenant: z.string().regex(TENANT_NAME, 'expected lower-case letters, digits, - and _'),
          claim: z.string().min(1).optional(),
          value: z.string().optional(),
        })
        .refine(
          ({ claim, value }) => (claim === undefined) === (value === undefined),
          'claim and value belong together',
        ),
    )
    .min(1),
});

function parsed(file: string): unknown {
  const text = textOf(file, file);
  try {
    return parse(text);
  } catch (error) {
    throw refused(file, errorMessage(error), error);
  }
}

function textOf(path: string, file: string): string {
  try {
    return readRegularFile(path, MAX_BYTES);
  } catch (error) {
    throw refused(file, errorMessage(error), error);
  }
}

function refused(file: string, why: string, cause?: unknown): TrackerError {
  return new TrackerError('E_SIGN_IN_FILE', `${file} can't be used: ${why}`, {
    hint: 'Check --sign-in: docs/deployment.md shows such a file.',
    cause,
  });
}
