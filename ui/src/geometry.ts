// Map geometry: projections, where far places stand at the frame, and the lines of flows.
import { geoConicConformal, geoEqualEarth, type GeoProjection } from "d3-geo";
import { spread } from "./charts";
import type { Arc, Node } from "./data";
import { WAYS } from "./ways";

export const MAP_WIDTH = 980, MAP_HEIGHT = 720;
export type Point = [number, number];

export function europe(): GeoProjection {
  const corners = { type: "MultiPoint" as const, coordinates: [[-11, 34], [44, 34], [-9, 61], [41, 66]] };
  return geoConicConformal().rotate([-14, 0]).parallels([40, 62]).fitExtent([[70, 36], [MAP_WIDTH - 80, MAP_HEIGHT - 60]], corners);
}

export function world(width: number, height: number): GeoProjection {
  return geoEqualEarth().rotate([-20, 0]).fitExtent([[4, 4], [width - 4, height - 4]], { type: "Sphere" });
}

const MARGIN = 14;

/** Return the place of every node on the map of Europe; those outside of the frame stand at its edge, spread out. */
export function placesInEurope(nodes: Record<string, Node>, used: Set<string>): { places: Map<string, Point>; pinned: Set<string> } {
  const projection = europe();
  const places = new Map<string, Point>();
  const outside: { id: string; side: "left" | "right" | "top" | "bottom"; along: number }[] = [];
  for (const [id, node] of Object.entries(nodes)) {
    if (!used.has(id)) continue;
    const near = node.lon > -28 && node.lon < 62 && node.lat > 22 && node.lat < 76;
    const point = near ? projection([node.lon, node.lat]) : null;
    if (point && point[0] > 0 && point[0] < MAP_WIDTH && point[1] > 0 && point[1] < MAP_HEIGHT) { places.set(id, point); continue; }
    const dx = (node.lon - 14) * 0.62, dy = 50 - node.lat;
    const scale = Math.min((MAP_WIDTH / 2 - MARGIN) / Math.abs(dx || 1e-9), (MAP_HEIGHT / 2 - MARGIN) / Math.abs(dy || 1e-9));
    const x = MAP_WIDTH / 2 + dx * scale, y = MAP_HEIGHT / 2 + dy * scale;
    const side = x < MARGIN + 1 ? "left" : x > MAP_WIDTH - MARGIN - 1 ? "right" : y < MAP_HEIGHT / 2 ? "top" : "bottom";
    outside.push({ id, side, along: side === "left" || side === "right" ? y : x });
  }
  for (const side of ["left", "right", "top", "bottom"] as const) {
    const here = outside.filter((o) => o.side === side);
    const isUpright = side === "left" || side === "right";
    const at = spread(here.map((o) => o.along), isUpright ? 24 : 84, isUpright ? (side === "left" ? 250 : 24) : 60, (isUpright ? MAP_HEIGHT : MAP_WIDTH) - (isUpright ? 20 : 60));
    here.forEach((o, k) => {
      const edge = { left: MARGIN, right: MAP_WIDTH - MARGIN, top: MARGIN, bottom: MAP_HEIGHT - MARGIN }[side];
      places.set(o.id, isUpright ? [edge, at[k]!] : [at[k]!, edge]);
    });
  }
  return { places, pinned: new Set(outside.map((o) => o.id)) };
}

/** Return the points of an arc's line: its known course, or a slight bend that keeps both directions apart. */
export function course(id: string, arc: Arc, places: Map<string, Point>, projection: GeoProjection, isWorld: boolean): Point[] {
  const from = places.get(arc.from), to = places.get(arc.to);
  if (!from || !to) return [];
  const way = isWorld ? undefined : WAYS[id];
  if (way) return smooth([from, ...way.map((p) => projection(p) as Point), to]);
  const bend = arc.kind === "shipping" ? 0.12 : 0.09;
  const middle: Point = [(from[0] + to[0]) / 2 + (to[1] - from[1]) * bend, (from[1] + to[1]) / 2 - (to[0] - from[0]) * bend];
  return quadratic(from, middle, to);
}

function quadratic(a: Point, b: Point, c: Point): Point[] {
  const points: Point[] = [];
  for (let k = 0; k <= 16; k++) {
    const t = k / 16, u = 1 - t;
    points.push([u * u * a[0] + 2 * u * t * b[0] + t * t * c[0], u * u * a[1] + 2 * u * t * b[1] + t * t * c[1]]);
  }
  return points;
}

/** Return a smooth line through the points (Catmull-Rom). */
function smooth(points: Point[]): Point[] {
  const line: Point[] = [];
  for (let k = 0; k < points.length - 1; k++) {
    const [p0, p1, p2, p3] = [points[Math.max(k - 1, 0)]!, points[k]!, points[k + 1]!, points[Math.min(k + 2, points.length - 1)]!];
    for (let j = 0; j < 8; j++) {
      const t = j / 8, t2 = t * t, t3 = t2 * t;
      const f = (i: 0 | 1) => 0.5 * (2 * p1[i] + (p2[i] - p0[i]) * t + (2 * p0[i] - 5 * p1[i] + 4 * p2[i] - p3[i]) * t2 + (3 * p1[i] - p0[i] - 3 * p2[i] + p3[i]) * t3);
      line.push([f(0), f(1)]);
    }
  }
  line.push(points.at(-1)!);
  return line;
}

export function pathOf(points: Point[]): string {
  return points.map((p, k) => `${k ? "L" : "M"}${p[0].toFixed(1)} ${p[1].toFixed(1)}`).join("");
}

/** Return the corners of an arrowhead at a share of the line's length. */
export function arrowhead(points: Point[], size: number, share = 0.6): string {
  let total = 0;
  const lengths = points.slice(1).map((p, k) => { const d = Math.hypot(p[0] - points[k]![0], p[1] - points[k]![1]); total += d; return d; });
  let left = total * share, k = 0;
  while (k < lengths.length - 1 && left > lengths[k]!) { left -= lengths[k]!; k++; }
  const a = points[k]!, b = points[k + 1]!, d = lengths[k] || 1;
  const ux = (b[0] - a[0]) / d, uy = (b[1] - a[1]) / d;
  const tip: Point = [a[0] + ux * (left + size), a[1] + uy * (left + size)];
  const back: Point = [tip[0] - ux * 2 * size, tip[1] - uy * 2 * size];
  return `${tip[0].toFixed(1)},${tip[1].toFixed(1)} ${(back[0] - uy * size).toFixed(1)},${(back[1] + ux * size).toFixed(1)} ${(back[0] + uy * size).toFixed(1)},${(back[1] - ux * size).toFixed(1)}`;
}
