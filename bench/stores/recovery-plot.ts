import type { CurvePoint } from './recovery-curve.ts';

export interface Curve {
  readonly title: string;
  readonly points: readonly CurvePoint[];
}

const PANEL = { width: 330, height: 270, gap: 62 };
/** Of the text above. */
const LEAST_WIDTH = 430;
const MARGIN = { left: 84, right: 34, top: 146, bottom: 58 };

const SERIES = [
  { key: 'offMs', color: '#c2410c', label: 'no snapshots' },
  { key: 'autoMs', color: '#1d4ed8', label: 'snapshots where they pay (auto)' },
] as const;

type Scale = (value: number) => number;

/** One panel for each store, beside each other and with the same logarithmic scales: a straight rise is a proportional one. */
export function recoveryPlot(curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) => curve.points);
  const times = points.flatMap(({ autoMs, offMs }) => [autoMs, offMs]);
  const [low, high] = [decade(Math.min(...times), Math.floor), decade(Math.max(...times), Math.ceil)];
  const lengths = points.map(({ events }) => events);
  const x = logScale(Math.min(...lengths), Math.max(...lengths), 0, PANEL.width);
  const y = logScale(low, high, PANEL.height, 0);
  const panelsWidth = curves.length * (PANEL.width + PANEL.gap) - PANEL.gap;
  const width = MARGIN.left + Math.max(panelsWidth, LEAST_WIDTH) + MARGIN.right;
  const height = MARGIN.top + PANEL.height + MARGIN.bottom;
  const panels = curves.map((curve, index) => {
    const left = MARGIN.left + index * (PANEL.width + PANEL.gap);
    const axes = [
      ...horizontals(y, low, high, index === 0),
      ...verticals(x, Math.min(...lengths), Math.max(...lengths)),
    ];
    const lines = SERIES.flatMap(({ key, color }) =>
      line(
        curve.points.map((point) => [x(point.events), y(point[key])] as const),
        color,
      ),
    );
    return `<g transform="translate(${left} ${MARGIN.top})">
<text x="0" y="-10" font-weight="600">${escape(curve.title)}</text>
${[...axes, ...lines].join('\n')}
<text x="${PANEL.width / 2}" y="${PANEL.height + 42}" text-anchor="middle" fill="#555">events in the journal</text>
</g>`;
  });
  const legend = SERIES.map(
    ({ color, label }, index) =>
      `<g transform="translate(${MARGIN.left + index * 140} 84)"><path d="M0 0H22" stroke="${color}" stroke-width="2.5"/>` +
      `<circle cx="11" r="3.5" fill="${color}"/><text x="30" y="4.5">${label}</text></g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13" fill="#1f2328">
<title>Recovery time against the length of the journal</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${MARGIN.left}" y="28" font-size="16" font-weight="600">Recovery time against the length of the journal</text>
<text x="${MARGIN.left}" y="52" fill="#555">until the proxy has the last event; the user function's part is not in it</text>
${legend.join('\n')}
<text transform="translate(20 ${MARGIN.top + PANEL.height / 2}) rotate(-90)" text-anchor="middle" fill="#555">recovery</text>
${panels.join('\n')}
</svg>
`;
}

function line(points: readonly (readonly [x: number, y: number])[], color: string): readonly string[] {
  const path = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
  return [
    `<path d="${path}" fill="none" stroke="${color}" stroke-width="2.5" stroke-linejoin="round"/>`,
    ...points.map(([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3.5" fill="${color}"/>`),
  ];
}

/** Lines of the powers of ten; their values are written beside the first panel. */
function horizontals(y: Scale, low: number, high: number, withText: boolean): readonly string[] {
  return powersOfTen(low, high).flatMap((value) => {
    const at = y(value).toFixed(1);
    const rule = `<path d="M0 ${at}H${PANEL.width}" stroke="#d0d7de"/>`;
    const text = `<text x="-8" y="${at}" dy="4.5" text-anchor="end">${value >= 1000 ? `${value / 1000} s` : `${value} ms`}</text>`;
    return withText ? [rule, text] : [rule];
  });
}

function verticals(x: Scale, low: number, high: number): readonly string[] {
  return powersOfTen(low, high).flatMap((value) => {
    const at = x(value).toFixed(1);
    return [
      `<path d="M${at} 0V${PANEL.height}" stroke="#d0d7de"/>`,
      `<text x="${at}" y="${PANEL.height + 20}" text-anchor="middle">${value.toLocaleString('en').replace(',', ' ')}</text>`,
    ];
  });
}

function powersOfTen(low: number, high: number): readonly number[] {
  const values: number[] = [];
  for (let power = Math.ceil(Math.log10(low)); power <= Math.log10(high); power += 1) values.push(Number(`1e${power}`));
  return values;
}

function decade(value: number, round: (value: number) => number): number {
  return 10 ** round(Math.log10(value));
}

function logScale(low: number, high: number, start: number, end: number): Scale {
  return (value) => start + ((Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (end - start);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
