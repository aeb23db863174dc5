/** Asks for a token. */
export function SignIn({
  fault,
  to,
  provider,
}: {
  /** Why the last one was not taken; null at first. */
  readonly fault: string | null;
  /** The path that was asked for. */
  readonly to: string;
  /** Where they have an account that opens this too; null where there is no such provider. */
  readonly provider: string | null;
}) {
  return (
    <main id="main" class="sign-in">
      <p class="brand">
        <span aria-hidden="true" class="brand-sign">
          ≡
        </span>
        Pattern tracker
      </p>
      <h1>Who are you?</h1>
      {provider !== null && (
        <a class="button sign-in-provider" href={`/sign-in/ask?to=${encodeURIComponent(to)}`}>
          Sign in at {provider}
        </a>
      )}
      <form class="card sign-in-form" action="/sign-in" method="post">
        <input type="hidden" name="to" value={to} />
        <label for="token">Token</label>
        <input
          id="token"
          class="sign-in-token"
          type="password"
          name="token"
          required
          autocomplete="current-password"
          spellcheck={false}
          placeholder="ptk_…"
          {...(fault !== null && { 'aria-describedby': 'fault' })}
        />
        {fault !== null && (
          <p id="fault" class="is-fail" role="alert">
            {fault}
          </p>
        )}
        <button class="button" type="submit">
          Sign in
        </button>
      </form>
      <p class="dim prose">
        An administrator makes a token: <code>pattern-tracker token create --name NAME</code>. It
        opens the patterns of its tenant, here for eight hours.
      </p>
      <p class="prose">
        Programs find the <a href="/docs">documentation of the API</a>, and{' '}
        <a href="/start">where to begin</a>.
      </p>
    </main>
  );
}
