// A stand-in for ROOT's class of this name: what the extraction macro asks of a particle.
#pragma once

class TParticle
{
 public:
  TParticle(int pdg, double energy, double vx, double vy, double vz, double px, double py, double pz)
    : mPdg(pdg), mEnergy(energy), mVx(vx), mVy(vy), mVz(vz), mPx(px), mPy(py), mPz(pz)
  {
  }
  int GetPdgCode() const { return mPdg; }
  double Energy() const { return mEnergy; }
  double Vx() const { return mVx; }
  double Vy() const { return mVy; }
  double Vz() const { return mVz; }
  double Px() const { return mPx; }
  double Py() const { return mPy; }
  double Pz() const { return mPz; }

 private:
  int mPdg;
  double mEnergy, mVx, mVy, mVz, mPx, mPy, mPz;
};
