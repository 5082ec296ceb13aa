// Files that are compressed with gzip or bzip2, piece by piece.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace onrecord::cli {

class Decompressor {
 public:
  virtual ~Decompressor() = default;
  // "gzip", "bzip2".
  virtual const char* name() const = 0;
  // Reads from the front of `compressed` and appends at most about 1 MiB to `out`; also several streams one after the
  // other. False when the data is damaged.
  bool Push(std::string_view& compressed, std::string& out);
  // Whether the data may end here.
  bool complete() const { return between_; }

 protected:
  enum class Step { kMore, kStreamEnd, kDamaged };
  // Takes some of `compressed`, appends what it becomes.
  virtual Step Take(std::string_view& compressed, std::string& out) = 0;

 private:
  bool between_ = true;  // before the first or after the last byte of a stream
  bool padding_ = false;
};

// How many bytes of a file tell how it is compressed.
inline constexpr std::size_t kMagicBytes = 4;
// What reads a file that starts so; null when it is not compressed.
std::unique_ptr<Decompressor> DecompressorFor(std::string_view start);

}  // namespace onrecord::cli
