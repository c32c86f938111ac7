#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "report.h"

typedef struct {
  // First, so that libjpeg's pointer to it is a pointer to the writer.
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_destination_mgr target;
  jmp_buf jump;
  growing_buffer file;
  d2l_image_report *report;
} jpeg_writer;

static void jpeg_failed(j_common_ptr info) {
  jpeg_writer *writer = (jpeg_writer *)info;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  report_error(writer->report, D2L_IMAGE_UNSUPPORTED, -1, text);
  longjmp(writer->jump, 1);
}

static void jpeg_said(j_common_ptr info, int level) {
  if (level >= 0) return;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  report_warning(((jpeg_writer *)info)->report, text);
}

static void jpeg_silent(j_common_ptr info) { (void)info; }

// libjpeg's own memory target loses its buffer when a jump leaves it; this one keeps it where it can be freed.
static void offer_room(jpeg_writer *writer, size_t filled) {
  growing_buffer *file = &writer->file;
  file->count = filled;
  if (!reserve_bytes(file, filled + 16384)) {
    report_error(writer->report, D2L_IMAGE_NO_MEMORY, -1, "no memory for the JPEG file");
    longjmp(writer->jump, 1);
  }
  writer->target.next_output_byte = file->bytes + filled;
  writer->target.free_in_buffer = file->capacity - filled;
}

static void target_begin(j_compress_ptr info) { offer_room((jpeg_writer *)info, 0); }

static boolean target_full(j_compress_ptr info) {
  jpeg_writer *writer = (jpeg_writer *)info;
  offer_room(writer, writer->file.capacity);
  return TRUE;
}

static void target_end(j_compress_ptr info) {
  jpeg_writer *writer = (jpeg_writer *)info;
  writer->file.count = writer->file.capacity - writer->target.free_in_buffer;
}

static int jpeg_write_all(
  jpeg_writer *writer, const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
  const d2l_jpeg_settings *settings) {
  struct jpeg_compress_struct *info = &writer->info;
  if (setjmp(writer->jump)) return 0;
  info->err = jpeg_std_error(&writer->errors);
  writer->errors.error_exit = jpeg_failed;
  writer->errors.emit_message = jpeg_said;
  writer->errors.output_message = jpeg_silent;
  jpeg_create_compress(info);
  writer->target.init_destination = target_begin;
  writer->target.empty_output_buffer = target_full;
  writer->target.term_destination = target_end;
  info->dest = &writer->target;
  info->image_width = width;
  info->image_height = height;
  info->input_components = channels;
  info->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(info);
  jpeg_set_quality(info, settings->quality, TRUE);
  info->optimize_coding = TRUE;
  if (channels == 3) {
    info->comp_info[0].h_samp_factor = settings->horizontal;
    info->comp_info[0].v_samp_factor = settings->vertical;
  }
  if (settings->progressive) jpeg_simple_progression(info);
  jpeg_start_compress(info, TRUE);
  const size_t stride = (size_t)width * channels;
  while (info->next_scanline < info->image_height) {
    // libjpeg takes rows without `const` and does not write to them.
    JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + info->next_scanline * stride);
    jpeg_write_scanlines(info, &row, 1);
  }
  jpeg_finish_compress(info);
  return 1;
}

uint8_t *d2l_jpeg_write(
  const uint8_t *pixels, uint32_t width, uint32_t height, int channels, const d2l_jpeg_settings *settings, size_t *size,
  d2l_image_report *report) {
  jpeg_writer *writer = calloc(1, sizeof *writer);
  if (!writer) {
    report_error(report, D2L_IMAGE_NO_MEMORY, -1, "no memory for a JPEG writer");
    return NULL;
  }
  writer->report = report;
  const int written = jpeg_write_all(writer, pixels, width, height, channels, settings);
  jpeg_destroy_compress(&writer->info);
  uint8_t *bytes = writer->file.bytes;
  *size = writer->file.count;
  free(writer);
  if (written) return bytes;
  free(bytes);
  return NULL;
}
