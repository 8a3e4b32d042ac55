// Says what hdr-histogram-js finds in the encoded histogram on stdin.
'use strict';

const fs = require('fs');
const hdr = require('hdr-histogram-js');

const histogram = hdr.decodeFromCompressedBase64(fs.readFileSync(0, 'utf8'), 64);
const percentiles = {};
for (const percent of [50, 75, 90, 95, 99, 99.9, 99.99, 99.999]) {
  percentiles[percent] = histogram.getValueAtPercentile(percent);
}
process.stdout.write(JSON.stringify({
  count: histogram.totalCount,
  percentiles,
  distribution: histogram.outputPercentileDistribution(5, 1e6),
}));
