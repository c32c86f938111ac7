#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *d2l_image_message(const d2l_image_report *report) { return report->message; }
const char *d2l_image_warnings(const d2l_image_report *report) { return report->warnings; }
void d2l_image_free(uint8_t *bytes) { free(bytes); }

void report_error(d2l_image_report *report, int kind, int64_t offset, const char *message) {
  if (report->kind != D2L_IMAGE_OK) return;
  report->kind = kind;
  report->offset = offset;
  snprintf(report->message, sizeof report->message, "%s", message);
}

void report_warning(d2l_image_report *report, const char *message) {
  // A damaged file can warn once per block: count them all, keep the first that fit.
  if (report->warning_count < INT32_MAX) report->warning_count++;
  const size_t used = strlen(report->warnings), needed = strlen(message) + 2;
  if (used + needed > sizeof report->warnings) return;
  snprintf(report->warnings + used, sizeof report->warnings - used, "%s%s", used ? "\n" : "", message);
}

int within_limits(uint32_t width, uint32_t height, const d2l_image_limits *limits, d2l_image_report *report) {
  const uint64_t pixels = (uint64_t)width * height;
  if (width <= limits->max_width && height <= limits->max_height && pixels <= limits->max_pixels) return 1;
  char text[256];
  snprintf(
    text, sizeof text, "%" PRIu32 " x %" PRIu32 " pixels; the limits are %" PRIu32 " x %" PRIu32 " and %" PRIu64 " in all",
    width, height, limits->max_width, limits->max_height, limits->max_pixels);
  report_error(report, D2L_IMAGE_TOO_LARGE, -1, text);
  return 0;
}

int reserve_bytes(growing_buffer *buffer, size_t total) {
  if (total <= buffer->capacity) return 1;
  size_t capacity = buffer->capacity ? buffer->capacity : 16384;
  while (capacity < total) {
    if (capacity > SIZE_MAX / 2) return 0;
    capacity *= 2;
  }
  uint8_t *bytes = realloc(buffer->bytes, capacity);
  if (!bytes) return 0;
  buffer->bytes = bytes;
  buffer->capacity = capacity;
  return 1;
}
