// A workspace without a deal: three ways to begin.
import { useAddDeal } from '@/shell/add_deal';
import { useSession } from '@/session/session';
import { notifyFailed } from '@/ui/undo';
import { Card, SimpleGrid, Stack, Text, ThemeIcon, Title, UnstyledButton } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import IconFileImport from '@tabler/icons-react/dist/esm/icons/IconFileImport.mjs';
import IconPencilPlus from '@tabler/icons-react/dist/esm/icons/IconPencilPlus.mjs';
import IconSparkles from '@tabler/icons-react/dist/esm/icons/IconSparkles.mjs';
import { useState } from 'react';
import classes from './centre.module.css';

interface Way {
  icon: Icon;
  title: string;
  text: string;
  go: () => void;
  busy?: boolean;
}

function WayCard({ icon: Shape, title, text, go, busy = false }: Way) {
  return (
    <UnstyledButton className={classes.way} onClick={go} disabled={busy} aria-busy={busy}>
      <ThemeIcon variant="light" size={44} radius="md" aria-hidden><Shape size={24} stroke={1.6} /></ThemeIcon>
      <Text fw={650}>{title}</Text>
      <Text size="sm" c="dimmed">{text}</Text>
    </UnstyledButton>
  );
}

export function FirstRun() {
  const session = useSession();
  const addDeal = useAddDeal();
  const [loading, setLoading] = useState(false);
  const sample = async () => {
    setLoading(true);
    try {
      const { loadSample } = await import('@/components/sources/sample');
      await loadSample();
    } catch (error) {
      notifyFailed(error, 'The sample could not be loaded.');
    } finally {
      setLoading(false);
    }
  };
  return (
    <Card className={classes.first} padding="xl">
      <Stack gap="xs" align="center" ta="center">
        <Title order={2}>Bring in your first deals</Title>
        <Text c="dimmed" maw={520}>
          {session.can('write')
            ? 'Your pipeline, its health and what needs attention appear here, and stay live. Everything you add can be taken back.'
            : 'Your pipeline, its health and what needs attention appear here as soon as a colleague adds deals.'}
        </Text>
      </Stack>
      {session.can('write') && (
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md" mt="xl">
          <WayCard icon={IconPencilPlus} title="Add a deal" text="A name is enough. The rest can follow." go={() => addDeal('manual')} />
          <WayCard icon={IconFileImport} title="Import a file" text="CSV or Excel. You see what it will do before it does it." go={() => addDeal('csv')} />
          <WayCard icon={IconSparkles} title="Load sample data" text="Look around with deals that are not real. One click takes them away again." go={() => void sample()} busy={loading} />
        </SimpleGrid>
      )}
    </Card>
  );
}
