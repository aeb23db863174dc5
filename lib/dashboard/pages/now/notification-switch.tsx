import { useEffect, useState } from 'preact/hooks';
import { isNotifying, setNotifying } from '../../client/notifications.ts';
import { Icon } from '../../parts/icon.tsx';

/** Switches notifications of the browser on and off; off until somebody switches them on. */
export function NotificationSwitch() {
  const [isOn, setOn] = useState<boolean | undefined>(undefined);
  useEffect(() => setOn(isNotifying()), []);
  if (isOn === undefined) return null; // the server, and a browser without them
  const change = async () => setOn(await setNotifying(!isOn));
  return (
    <button
      type="button"
      class={isOn ? 'button notify is-on' : 'button notify'}
      onClick={() => void change()}
      title="A notification when a session waits for you, has finished, or ends"
    >
      <Icon name="bell" /> {isOn ? 'Notifications on' : 'Notify me'}
    </button>
  );
}
