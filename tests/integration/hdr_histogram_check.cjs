// Says what hdr-histogram-js makes of the values, the encoding and the distribution on stdin.
// Usage: node hdr_histogram_check.cjs NODE_MODULES <<<
//     '{"values": [...], "encoded": "HISTFAAAA...", "hgrm": "...", "units_per_value": 1000}'
'use strict';

const fs = require('fs');
const path = require('path');

const hdr = require(path.join(path.resolve(process.argv[2]), 'hdr-histogram-js'));
const input = JSON.parse(fs.readFileSync(0, 'utf8'));

const histogram = hdr.build({
  bitBucketSize: 64,
  autoResize: false,
  lowestDiscernibleValue: 1,
  highestTrackableValue: 2 ** 47 - 1,
  numberOfSignificantValueDigits: 3,
});
for (const value of input.values) histogram.recordValue(value);

const counts = (of) =>
  Array.from({ length: of.countsArrayLength }, (_, index) => of.getCountAtIndex(index));
const decoded = hdr.decodeFromCompressedBase64(input.encoded, 64);
const hgrm = histogram.outputPercentileDistribution(5, input.units_per_value);
const percents = [50, 90, 99, 99.9, 99.99, 99.999];

process.stdout.write(JSON.stringify({
  percentiles: percents.map((percent) => [percent, histogram.getValueAtPercentile(percent)]),
  count: histogram.totalCount,
  is_encoding_equal: counts(decoded).join() === counts(histogram).join(),
  is_hgrm_equal: hgrm === input.hgrm,
  encoded: hdr.encodeIntoCompressedBase64(histogram),
  hgrm,
}) + '\n');
