// The page around signing in and joining: the name of the product, and one card.
import { Card, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './entry.module.css';

export function EntryFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={classes.page}>
      <Stack gap="lg" w="100%" maw={400}>
        <div className={classes.brand}>
          <img src="/favicon.svg" alt="" width={32} height={32} />
          Tributary
        </div>
        <Card className={classes.card} padding="xl">
          <Stack gap="md">
            <Title order={1} size="h3">{title}</Title>
            {children}
          </Stack>
        </Card>
      </Stack>
    </main>
  );
}
