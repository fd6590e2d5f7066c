// How far the upload is: bytes, rate, time left, and a way to stop it.
import { bytesPerSecond, bytesText, durationText, secondsLeft } from '@/pages/imports/rate';
import { Button, Card, Group, Progress as Bar, Stack, Text } from '@mantine/core';
import type { Progress } from './use_upload';

export function UploadProgress({ name, progress, onCancel }: { name: string; progress: Progress; onCancel: () => void }) {
  const rate = bytesPerSecond(progress.samples);
  const left = secondsLeft(progress.sent, progress.total, rate);
  const percent = progress.total === 0 ? 0 : (progress.sent / progress.total) * 100;
  const whole = progress.sent >= progress.total;
  return (
    <Card withBorder padding="lg">
      <Stack gap="sm">
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>Sending {name}</Text>
        <Bar value={percent} size="lg" aria-label="Upload" />
        <Group justify="space-between">
          <Text size="sm">
            {bytesText(progress.sent)} of {bytesText(progress.total)}
            {!whole && rate !== null && ` · ${bytesText(rate)} a second`}
            {!whole && left !== null && ` · ${durationText(left)} left`}
            {whole && ' · being stored'}
          </Text>
          <Button variant="default" size="xs" onClick={onCancel}>Stop</Button>
        </Group>
      </Stack>
    </Card>
  );
}
