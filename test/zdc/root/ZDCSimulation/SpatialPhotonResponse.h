// A stand-in for O2's class of this name: an image of photons, x first.
#pragma once
#include <vector>

namespace o2::zdc
{
class SpatialPhotonResponse
{
 public:
  SpatialPhotonResponse() = default;
  SpatialPhotonResponse(int nx, int ny) : mImage(nx, std::vector<int>(ny)) {}
  void add(int x, int y, int photons)
  {
    mImage.at(x).at(y) += photons;
    mSum += photons;
  }
  int getPhotonSum() const { return mSum; }
  const std::vector<std::vector<int>>& getImageData() const { return mImage; }

 private:
  std::vector<std::vector<int>> mImage;
  int mSum = 0;
};
} // namespace o2::zdc
