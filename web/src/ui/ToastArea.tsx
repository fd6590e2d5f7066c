// The toasts, loaded with the first one.
import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.layer.css';

export default function ToastArea() {
  return <Notifications position="bottom-right" limit={4} />;
}
