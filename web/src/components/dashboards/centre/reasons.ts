// Why a deal is at risk, worst first, and what to do about it.
import type { Factor, Insight } from '@/api/agreed';

const kReasonsShown = 3;

export function reasonsOf(factors: Factor[]): Factor[] {
  return factors.filter((factor) => factor.points < 0).sort((one, other) => one.points - other.points).slice(0, kReasonsShown);
}

// The next step when there is one, else what the risk is.
export function adviceOf(insights: Insight[]): string | null {
  const wanted = insights.find((insight) => insight.kind === 'next_action') ?? insights.find((insight) => insight.kind === 'risk') ?? insights[0];
  return wanted?.text ?? null;
}
