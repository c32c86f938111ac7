// Rows of a table gathered into bags: their sum, mean or largest.
#ifndef D2L_EMBEDDING_H
#define D2L_EMBEDDING_H

#include "d2l_types.h"

typedef enum {
  D2L_BAG_SUM = 0,
  D2L_BAG_MEAN,
  D2L_BAG_MAX,
} d2l_bag_mode;

/// Which rows go into which bag. Indices have been checked.
typedef struct {
  const int64_t *ids;    ///< [starts[bags]] rows of the table
  const int64_t *starts; ///< [bags + 1] bag b holds ids starts[b] ..< starts[b + 1]
  int64_t bags, width;
  int64_t padding; ///< a row that counts nothing, or -1
  d2l_bag_mode mode;
} d2l_bags;

/// y [bags, width]; empty bags give 0. `weights` (SUM only) are the factors of the ids, or NULL. For MAX `chosen` [bags, width] receives the rows
/// that the values came from, -1 in empty bags.
void d2l_embedding_bag(d2l_dtype type, const d2l_bags *bags, const void *table, const void *weights, void *y, int64_t *chosen);
/// g [ids, width]: what each id's row gets of gy [bags, width], zero for padding (SUM and MEAN).
void d2l_embedding_bag_gradient(d2l_dtype type, const d2l_bags *bags, const void *gy, const void *weights, void *g);
/// gtable[chosen[b, j], j] += gy[b, j] (MAX).
void d2l_embedding_bag_max_gradient(d2l_dtype type, const d2l_bags *bags, const void *gy, const int64_t *chosen, void *gtable);
/// gw [ids]: the inner product of each id's row with its bag's gy, zero for padding.
void d2l_embedding_bag_weight_gradient(d2l_dtype type, const d2l_bags *bags, const void *gy, const void *table, void *gw);

#endif
