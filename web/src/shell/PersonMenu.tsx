// Oneself: who, with which role; password, keys, signing out.
import { ask } from '@/api/agreed';
import { roleWords } from '@/format/words';
import { useSession } from '@/session/session';
import { notifyFailed } from '@/ui/undo';
import { Menu, Text, useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import IconDeviceDesktop from '@tabler/icons-react/dist/esm/icons/IconDeviceDesktop.mjs';
import IconKeyboard from '@tabler/icons-react/dist/esm/icons/IconKeyboard.mjs';
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs';
import IconLogout from '@tabler/icons-react/dist/esm/icons/IconLogout.mjs';
import { useEffect, useRef, useState } from 'react';
import { useKeySheet } from './KeySheet';
import { PersonFace } from './PersonFace';

// Loaded by the press that opens it: takes the focus from the button it stands in for, and opens at once.
export default function PersonMenu() {
  const { person, role } = useSession();
  const navigate = useNavigate();
  const showKeys = useKeySheet();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const target = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    target.current?.focus();
    setOpened(true);
  }, []);
  const signOut = async () => {
    try {
      await ask('POST', '/api/auth/sign-out');
    } catch (error) {
      return notifyFailed(error, 'You are still signed in.');
    }
    // A whole new page: nothing of the session stays in memory.
    window.location.assign('/sign-in');
  };
  return (
    <Menu withInitialFocusPlaceholder={false} position="bottom-end" width={240} withinPortal={false} opened={opened} onChange={setOpened}>
      <Menu.Target><PersonFace ref={target} /></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text component="span" display="block" size="sm" fw={600} c="var(--mantine-color-text)" truncate>{person?.name ?? 'API key'}</Text>
          {person && <Text component="span" display="block" size="xs" c="dimmed" truncate>{person.email}</Text>}
          <Text component="span" display="block" size="xs" c="dimmed">{roleWords[role]}</Text>
        </Menu.Label>
        <Menu.Divider />
        {person && (
          <Menu.Item leftSection={<IconLock size={16} aria-hidden />} onClick={() => void navigate({ to: '/settings', search: { tab: 'password' } })}>
            Change password
          </Menu.Item>
        )}
        {colorScheme !== 'auto' && (
          <Menu.Item leftSection={<IconDeviceDesktop size={16} aria-hidden />} onClick={() => setColorScheme('auto')}>Colours as on this device</Menu.Item>
        )}
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={showKeys}>Keyboard shortcuts</Menu.Item>
        {person && (
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>Sign out</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
