#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "report.h"

// Everything that a jump must not lose lives here and not in local variables.
struct d2l_jpeg_reader {
  // First, so that libjpeg's pointer to it is a pointer to the reader.
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf jump;
  const uint8_t *bytes;
  size_t count;
  d2l_image_limits limits;
  d2l_image_header header;
  d2l_image_report *report;
};

static int64_t position(const d2l_jpeg_reader *reader) {
  if (!reader->info.src) return -1;
  const uint8_t *next = reader->info.src->next_input_byte;
  // Past the end libjpeg feeds itself a marker from elsewhere.
  if (next < reader->bytes || next > reader->bytes + reader->count) return (int64_t)reader->count;
  return next - reader->bytes;
}

static void jpeg_stop(d2l_jpeg_reader *reader, int kind, const char *message) {
  report_error(reader->report, kind, position(reader), message);
  longjmp(reader->jump, 1);
}

static int kind_of(int code) {
  switch (code) {
  case JERR_BAD_PRECISION:
  case JERR_SOF_UNSUPPORTED:
  case JERR_ARITH_NOTIMPL:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_COMPONENT_COUNT:
    return D2L_IMAGE_UNSUPPORTED;
  case JERR_IMAGE_TOO_BIG:
    return D2L_IMAGE_TOO_LARGE;
  case JERR_OUT_OF_MEMORY:
  case JERR_NO_BACKING_STORE:
    return D2L_IMAGE_NO_MEMORY;
  default:
    return D2L_IMAGE_CORRUPT;
  }
}

static void jpeg_failed(j_common_ptr info) {
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  jpeg_stop((d2l_jpeg_reader *)info, kind_of(info->err->msg_code), text);
}

static void jpeg_said(j_common_ptr info, int level) {
  if (level >= 0) return;  // traces
  d2l_jpeg_reader *reader = (d2l_jpeg_reader *)info;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  report_warning(reader->report, text);
  if (reader->limits.refuse_warnings) jpeg_stop(reader, D2L_IMAGE_CORRUPT, text);
}

static void jpeg_silent(j_common_ptr info) { (void)info; }

enum { USUAL_SCANS = 20 };

// A progressive file can ask for thousands of passes over a large image in a few bytes each.
static void jpeg_advanced(j_common_ptr info) {
  d2l_jpeg_reader *reader = (d2l_jpeg_reader *)info;
  const int scans = reader->info.input_scan_number;
  char text[64];
  if (scans > reader->limits.max_scans) {
    snprintf(text, sizeof text, "more than %d scans", (int)reader->limits.max_scans);
    jpeg_stop(reader, D2L_IMAGE_TOO_LARGE, text);
  }
  // Ordinary files have ten; each further one must have bytes to show for its pass, one for 4096 pixels.
  const uint64_t pixels = (uint64_t)reader->header.width * reader->header.height;
  if (scans > USUAL_SCANS && (pixels >> 12) * (uint64_t)(scans - USUAL_SCANS) > reader->count) {
    snprintf(text, sizeof text, "%d scans in %zu bytes", scans, reader->count);
    jpeg_stop(reader, D2L_IMAGE_CORRUPT, text);
  }
}

static void check_plausible(d2l_jpeg_reader *reader) {
  // Huffman coding spends at least one bit on a block of 64 pixels; arithmetic coding can do with a fraction of one.
  const uint64_t densest = reader->header.arithmetic ? 512 * 64 : 512;
  const uint64_t pixels = (uint64_t)reader->header.width * reader->header.height;
  if (pixels / densest <= reader->count) return;
  char text[128];
  snprintf(
    text, sizeof text, "the header promises %u x %u pixels, more than %zu bytes can hold", reader->header.width,
    reader->header.height, reader->count);
  jpeg_stop(reader, D2L_IMAGE_CORRUPT, text);
}

static int jpeg_begin(d2l_jpeg_reader *reader) {
  struct jpeg_decompress_struct *info = &reader->info;
  if (setjmp(reader->jump)) return 0;
  info->err = jpeg_std_error(&reader->errors);
  reader->errors.error_exit = jpeg_failed;
  reader->errors.emit_message = jpeg_said;
  reader->errors.output_message = jpeg_silent;
  jpeg_create_decompress(info);
  reader->progress.progress_monitor = jpeg_advanced;
  info->progress = &reader->progress;
  jpeg_mem_src(info, reader->bytes, (unsigned long)reader->count);
  jpeg_save_markers(info, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(info, TRUE);

  d2l_image_header *header = &reader->header;
  header->width = info->image_width;
  header->height = info->image_height;
  header->bit_depth = info->data_precision;
  header->interlaced = info->progressive_mode;
  header->arithmetic = info->arith_code;
  if (info->data_precision != 8) jpeg_stop(reader, D2L_IMAGE_UNSUPPORTED, "only 8 bits a sample are read");
  switch (info->jpeg_color_space) {
  case JCS_GRAYSCALE:
    info->out_color_space = JCS_GRAYSCALE;
    header->channels = 1;
    break;
  case JCS_YCbCr:
  case JCS_RGB:
    info->out_color_space = JCS_RGB;
    header->channels = 3;
    break;
  case JCS_CMYK:
  case JCS_YCCK:
    info->out_color_space = JCS_CMYK;
    header->channels = 4;
    header->cmyk = 1;
    header->inverted = info->saw_Adobe_marker;
    break;
  default:
    jpeg_stop(reader, D2L_IMAGE_UNSUPPORTED, "neither gray, RGB, YCbCr, CMYK nor YCCK");
  }
  if (!within_limits(header->width, header->height, &reader->limits, reader->report)) return 0;
  check_plausible(reader);
  return 1;
}

d2l_jpeg_reader *d2l_jpeg_open(
  const uint8_t *bytes, size_t count, const d2l_image_limits *limits, d2l_image_header *header,
  d2l_image_report *report) {
  d2l_jpeg_reader *reader = calloc(1, sizeof *reader);
  if (!reader) {
    report_error(report, D2L_IMAGE_NO_MEMORY, -1, "no memory for a JPEG reader");
    return NULL;
  }
  reader->bytes = bytes;
  reader->count = count;
  reader->limits = *limits;
  reader->report = report;
  if (!jpeg_begin(reader)) {
    d2l_jpeg_close(reader);
    return NULL;
  }
  *header = reader->header;
  return reader;
}

const uint8_t *d2l_jpeg_exif(const d2l_jpeg_reader *reader, size_t *size) {
  for (jpeg_saved_marker_ptr marker = reader->info.marker_list; marker; marker = marker->next) {
    if (marker->marker != JPEG_APP0 + 1 || marker->data_length < 6 || memcmp(marker->data, "Exif\0\0", 6) != 0) continue;
    *size = marker->data_length - 6;
    return marker->data + 6;
  }
  return NULL;
}

int d2l_jpeg_read(d2l_jpeg_reader *reader, uint8_t *pixels, size_t size, d2l_image_report *report) {
  reader->report = report;
  struct jpeg_decompress_struct *info = &reader->info;
  if (setjmp(reader->jump)) return 0;
  jpeg_start_decompress(info);
  const size_t stride = (size_t)info->output_width * info->output_components;
  if (info->output_components != reader->header.channels || stride * info->output_height != size)
    jpeg_stop(reader, D2L_IMAGE_CORRUPT, "rows do not have the size the header promised");
  while (info->output_scanline < info->output_height) {
    JSAMPROW row = pixels + info->output_scanline * stride;
    jpeg_read_scanlines(info, &row, 1);
  }
  jpeg_finish_decompress(info);
  return 1;
}

void d2l_jpeg_close(d2l_jpeg_reader *reader) {
  if (!reader) return;
  // Safe at any stage, also before libjpeg set its memory up.
  jpeg_destroy_decompress(&reader->info);
  free(reader);
}
