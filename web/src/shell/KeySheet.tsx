// The keys one can press, and what they do. `?` opens the sheet.
import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { useSession } from '@/session/session';
import { useAddDeal } from './add_deal';
import { focusSearch } from './focus_search';
import { places } from './pages';

const kSequenceMs = 1_200; // within which the second key must follow g

const KeySheetContext = createContext<() => void>(() => undefined);
export const useKeySheet = () => useContext(KeySheetContext);

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
const inDialog = () => document.querySelector('[role="dialog"]') !== null;

// g, then a letter: to a place.
function useGoTo() {
  const navigate = useNavigate();
  useEffect(() => {
    let since = 0;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || inDialog()) return;
      if (event.key === 'g') {
        since = event.timeStamp;
        return;
      }
      const place = event.timeStamp - since < kSequenceMs ? places.find((one) => one.key === event.key) : undefined;
      since = 0;
      if (!place) return;
      event.preventDefault();
      void navigate({ to: place.to });
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [navigate]);
}

function Row({ keys, does }: { keys: string[]; does: string }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{does}</Text>
      <Group gap={4} wrap="nowrap">{keys.map((key) => <Kbd key={key}>{key}</Kbd>)}</Group>
    </Group>
  );
}

export function KeySheetProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const session = useSession();
  const addDeal = useAddDeal();
  useGoTo();
  useHotkeys([
    ['?', () => setOpened(true), { usePhysicalKeys: false }],
    ['shift+?', () => setOpened(true), { usePhysicalKeys: false }],
    ['n', () => session.can('write') && !inDialog() && addDeal()],
    ['/', () => !inDialog() && focusSearch()],
  ]);
  return (
    <KeySheetContext.Provider value={() => setOpened(true)}>
      {children}
      <Modal opened={opened} onClose={() => setOpened(false)} title="Keyboard shortcuts" closeButtonProps={{ 'aria-label': 'Close' }}>
        <Stack gap="sm">
          <Row keys={['Ctrl', 'K']} does="Find anything" />
          {session.can('write') && <Row keys={['n']} does="New deal" />}
          <Row keys={['/']} does="Search" />
          {places.map((place) => <Row key={place.to} keys={['g', place.key]} does={`Go to ${place.name}`} />)}
          <Row keys={['?']} does="This list" />
        </Stack>
      </Modal>
    </KeySheetContext.Provider>
  );
}
