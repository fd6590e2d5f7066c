// The list of keys.
import { useSession } from '@/session/session';
import { Dialog } from '@/ui/Dialog';
import { Group, Kbd, Stack, Text } from '@mantine/core';
import { places } from './pages';

function Row({ keys, does }: { keys: string[]; does: string }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{does}</Text>
      <Group gap={4} wrap="nowrap">{keys.map((key) => <Kbd key={key}>{key}</Kbd>)}</Group>
    </Group>
  );
}

export default function KeySheetModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const session = useSession();
  return (
    <Dialog opened={opened} onClose={onClose} title="Keyboard shortcuts">
      <Stack gap="sm">
        <Row keys={['Ctrl', 'K']} does="Find anything" />
        {session.can('write') && <Row keys={['n']} does="New deal" />}
        <Row keys={['/']} does="Search" />
        {places.map((place) => <Row key={place.to} keys={['g', place.key]} does={`Go to ${place.name}`} />)}
        <Row keys={['?']} does="This list" />
      </Stack>
    </Dialog>
  );
}
