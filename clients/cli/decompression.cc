#include "clients/cli/decompression.h"

#include <bzlib.h>
#include <zlib.h>

#include <algorithm>
#include <array>

namespace onrecord::cli {
namespace {

constexpr std::size_t kOffered = std::size_t{256} << 10;    // in one step
constexpr std::size_t kMaxInflated = std::size_t{1} << 20;  // in one go
constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kBzip2Magic = "BZh";

class Gunzip : public Decompressor {
 public:
  Gunzip() {
    constexpr int kGzipOnly = 15 + 16;
    inflateInit2(&stream_, kGzipOnly);
  }
  ~Gunzip() override { inflateEnd(&stream_); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  const char* name() const override { return "gzip"; }

 private:
  Step Take(std::string_view& compressed, std::string& out) override {
    const auto offered = static_cast<uInt>(std::min(compressed.size(), kOffered));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    stream_.avail_in = offered;
    stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
    stream_.avail_out = static_cast<uInt>(piece_.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    out.append(piece_.data(), piece_.size() - stream_.avail_out);
    compressed.remove_prefix(offered - stream_.avail_in);
    if (code == Z_STREAM_END) inflateReset(&stream_);
    return code == Z_STREAM_END ? Step::kStreamEnd : code == Z_OK ? Step::kMore : Step::kDamaged;
  }

  z_stream stream_ = {};
  std::array<char, kPieceBytes> piece_;
};

class Bunzip2 : public Decompressor {
 public:
  Bunzip2() { BZ2_bzDecompressInit(&stream_, 0, 0); }
  ~Bunzip2() override { BZ2_bzDecompressEnd(&stream_); }
  Bunzip2(const Bunzip2&) = delete;
  Bunzip2& operator=(const Bunzip2&) = delete;
  const char* name() const override { return "bzip2"; }

 private:
  Step Take(std::string_view& compressed, std::string& out) override {
    const auto offered = static_cast<unsigned>(std::min(compressed.size(), kOffered));
    stream_.next_in = const_cast<char*>(compressed.data());
    stream_.avail_in = offered;
    stream_.next_out = piece_.data();
    stream_.avail_out = static_cast<unsigned>(piece_.size());
    const int code = BZ2_bzDecompress(&stream_);
    out.append(piece_.data(), piece_.size() - stream_.avail_out);
    compressed.remove_prefix(offered - stream_.avail_in);
    if (code == BZ_STREAM_END) {
      // There is no reset: the next stream, if one follows, starts with new state.
      BZ2_bzDecompressEnd(&stream_);
      stream_ = {};
      BZ2_bzDecompressInit(&stream_, 0, 0);
    }
    return code == BZ_STREAM_END ? Step::kStreamEnd : code == BZ_OK ? Step::kMore : Step::kDamaged;
  }

  bz_stream stream_ = {};
  std::array<char, kPieceBytes> piece_;
};

}  // namespace

bool Decompressor::Push(std::string_view& compressed, std::string& out) {
  const std::size_t most = out.size() + kMaxInflated;
  while (!compressed.empty() && out.size() < most) {
    if (between_ && compressed.front() == '\0') {  // tapes pad with zeros
      padding_ = true;
      compressed.remove_prefix(1);
      continue;
    }
    if (padding_) return false;
    between_ = false;
    const Step step = Take(compressed, out);
    if (step == Step::kDamaged) return false;
    between_ = step == Step::kStreamEnd;
  }
  return true;
}

std::unique_ptr<Decompressor> DecompressorFor(std::string_view start) {
  if (start.starts_with(kGzipMagic)) return std::make_unique<Gunzip>();
  const bool bzip2 =
      start.starts_with(kBzip2Magic) && start.size() >= kMagicBytes && start[3] >= '1' && start[3] <= '9';
  if (bzip2) return std::make_unique<Bunzip2>();
  return nullptr;
}

}  // namespace onrecord::cli
