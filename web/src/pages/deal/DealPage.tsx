// One deal. A place holder until its own page lands.
import { Title } from '@mantine/core';

export default function DealPage() {
  return <Title order={1}>Deal</Title>;
}
