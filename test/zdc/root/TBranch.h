// A stand-in for ROOT's class of this name: the branch ZDCResponseImage of two events.
#pragma once
#include <string>
#include <utility>
#include <vector>
#include "TParticle.h"
#include "ZDCSimulation/SpatialPhotonResponse.h"

class TBranch
{
  using Response = o2::zdc::SpatialPhotonResponse;
  using Responses = std::vector<std::pair<TParticle, std::pair<Response, Response>>>;

 public:
  explicit TBranch(const std::string& path) : mPath(path) {}
  void SetAddress(Responses** address) { mAddress = address; }
  int GetEntry(long long event)
  {
    if (mPath == "cut.root" && event == 1) {
      return -1;
    }
    mResponses.clear();
    if (mPath == "dark.root") {
      *mAddress = &mResponses;
      return 1;
    }
    Response neutron(44, mPath == "narrow.root" ? 43 : 44);
    Response proton(56, 30);
    if (event == 0) {
      // A photon in the neutron calorimeter; the other response was never made. Then a particle that left nothing.
      neutron.add(0, 1, 2);
      neutron.add(43, 42, 10);
      mResponses.push_back({TParticle(22, 1234.56789, 1.5e-7, -2, 0.5, 0.25, 0, 1234.5), {neutron, Response()}});
      mResponses.push_back({TParticle(2112, 1, 0, 0, 0, 0, 0, 1), {Response(44, 44), Response(56, 30)}});
    } else {
      neutron.add(2, 3, 1);
      proton.add(55, 0, 7);
      proton.add(55, 29, 1200);
      mResponses.push_back({TParticle(2212, 6799.999999, 0, 0, 0, 0.1, -0.2, -6799.99), {neutron, proton}});
    }
    *mAddress = &mResponses;
    return 1;
  }

 private:
  std::string mPath;
  Responses** mAddress = nullptr;
  Responses mResponses;
};
